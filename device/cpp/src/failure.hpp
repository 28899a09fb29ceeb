// Failure: what a call came to, and why, in one line. It never leaves the library.
#pragma once

#include <exception>
#include <string>
#include <utility>

#include "rise_edge.h"

namespace rise {

struct Failure : std::exception {
  rise_status status;
  std::string message;

  Failure(rise_status status, std::string message) : status(status), message(std::move(message)) {}
  const char* what() const noexcept override { return message.c_str(); }
};

}  // namespace rise

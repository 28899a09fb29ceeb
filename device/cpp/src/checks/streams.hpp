// Streams: whether a camera hands out a picture that it handed out before.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <unordered_set>

#include "rise_edge.h"

namespace rise {

class Streams {
 public:
  // Whether a picture of a required modality came within the last minute; all are remembered. A
  // sensor that stalls keeps delivering its last picture beside the others' fresh ones. Throws
  // Failure.
  bool repeat(const rise_frame& frame, std::uint32_t required);

 private:
  class Pictures {
   public:
    bool repeat(std::uint64_t fingerprint);

   private:
    std::deque<std::uint64_t> order_;
    std::unordered_set<std::uint64_t> known_;
  };

  std::array<Pictures, 3> pictures_;
};

}  // namespace rise

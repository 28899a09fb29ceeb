// Sized: structures of the interface that may grow. The caller's header says how large they are.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>

#include "failure.hpp"

namespace rise {

// Size of a structure in the first header that had it: no caller has less room. Specialise it with the
// old size before you add a field at the end.
template <typename Sized>
constexpr std::uint32_t kFirstSize = sizeof(Sized);

template <typename Sized>
bool has_known_size(const Sized& given) noexcept {
  return given.size >= kFirstSize<Sized> && given.size <= sizeof(Sized);
}

// Throws Failure unless a header of this version or an older one gave the size.
template <typename Sized>
void expect_size(const Sized& given, const char* name) {
  if (has_known_size(given)) return;
  const std::string type = name;
  throw Failure(RISE_ERROR_ARGUMENT,
                "expected " + type + ".size to be " + std::to_string(sizeof(Sized)) + ", got " +
                    std::to_string(given.size) + "; set it to sizeof(" + type +
                    "), and use a library that is not older than your header");
}

// Copies the fields after the size, as many as the caller's header has.
template <typename Sized>
void copy_fields(const Sized& from, Sized& to, std::uint32_t size) noexcept {
  constexpr auto kAfter = sizeof from.size;
  std::memcpy(reinterpret_cast<char*>(&to) + kAfter,
              reinterpret_cast<const char*>(&from) + kAfter, size - kAfter);
}

// Fills an output of the caller's. Its size must be known.
template <typename Sized>
void put(const Sized& from, Sized& output) noexcept {
  copy_fields(from, output, output.size);
}

// What the caller gave, with the fields of `rest` where its header has none. Its size must be known.
template <typename Sized>
Sized take(const Sized& given, Sized rest) noexcept {
  copy_fields(given, rest, given.size);
  return rest;
}

// Zeroes an output; of one with an unknown size, what every header has: a verdict is UNDECIDED then.
template <typename Sized>
void clear_sized(Sized* output) noexcept {
  if (output) copy_fields(Sized{}, *output, has_known_size(*output) ? output->size : kFirstSize<Sized>);
}

}  // namespace rise

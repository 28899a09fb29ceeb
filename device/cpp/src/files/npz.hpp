// Arrays of a numpy .npz file: a ZIP archive of .npy members, stored or deflated.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace rise {

struct Array {
  std::string descr;  // numpy's name of the element type, such as "<u2"
  std::vector<std::size_t> shape;
  std::vector<std::uint8_t> bytes;  // in C order
};

// The arrays of those names. Throws std::invalid_argument if one is missing or malformed.
std::map<std::string, Array> read_npz(const std::vector<std::uint8_t>& file,
                                      const std::vector<std::string>& names);

}  // namespace rise

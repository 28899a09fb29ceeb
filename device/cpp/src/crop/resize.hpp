// Resize: the ways in which Python's `rise_edge.face.crop` has OpenCV scale a square.
#pragma once

#include <cstdint>
#include <vector>

namespace rise {

// A mean of levels as a level, half to even as OpenCV rounds it. The sum has no room for bits
// behind the point, which spares a call of lrint.
inline std::uint8_t level(float mean) {
  constexpr float kNoFraction = 0x1.8p23F;
  return static_cast<std::uint8_t>(mean + kNoFraction - kNoFraction);
}

// OpenCV's INTER_NEAREST_EXACT along one axis: which of `side` readings is nearest to the centre of
// each of `size` pixels.
std::vector<int> nearest(int side, int size);

// OpenCV's INTER_AREA where the square shrinks, INTER_LINEAR where it grows.
std::vector<std::uint8_t> resize_smooth(const std::vector<std::uint8_t>& square, int channels,
                                        int side, int size);

}  // namespace rise

// Resize: the ways in which Python's `rise_edge.face.crop` has OpenCV scale a square.
#pragma once

#include <cstdint>
#include <vector>

namespace rise {

// OpenCV's INTER_NEAREST_EXACT: the reading nearest to each pixel's centre.
std::vector<std::uint16_t> resize_nearest(const std::vector<std::uint16_t>& square, int side,
                                          int size);

// OpenCV's INTER_AREA where the square shrinks, INTER_LINEAR where it grows.
std::vector<std::uint8_t> resize_smooth(const std::vector<std::uint8_t>& square, int channels,
                                        int side, int size);

}  // namespace rise

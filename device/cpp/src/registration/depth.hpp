// Depth: any format in millimetres, 0 = no reading. What cannot be a distance is no reading, nor is
// the largest number of a format of whole millimetres: it stands for whatever lay beyond it.
#pragma once

#include <cstdint>
#include <vector>

#include "crop/picture.hpp"
#include "rise_edge.h"

namespace rise {

// The distance at a pixel of an examined depth picture.
std::uint16_t depth_mm_at(const rise_image& image, const Samples& samples, int x, int y);

// A square window of an examined depth picture, scaled to a size: each reading is one that was
// taken, nothing is mixed. What lies outside the picture is no reading.
std::vector<std::uint16_t> depth_square(const rise_image& image, const Window& window, int size);

// The number that 16 bits of IEEE 754 stand for.
float half_to_float(std::uint16_t half);

// Millimetres of a distance in metres; 0 for NaN, what is not positive, and what 16 bits cannot
// hold below 65535.
std::uint16_t metres_to_mm(double metres);

}  // namespace rise

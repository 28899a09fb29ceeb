// Pixels: colour of any format as RGB, infrared of any format in 8 bits.
#pragma once

#include <cstdint>
#include <vector>

#include "crop/picture.hpp"
#include "rise_edge.h"

namespace rise {

// A window of an examined colour picture as RGB, 3 bytes a pixel.
std::vector<std::uint8_t> rgb_window(const rise_image& image, const Window& window);

// A window of an examined infrared picture, 1 byte a pixel.
std::vector<std::uint8_t> grey_window(const rise_image& image, const Window& window);

}  // namespace rise

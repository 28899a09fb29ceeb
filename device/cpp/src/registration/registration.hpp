// Registration: a face cut out of every picture of a frame, from the depth camera's viewpoint.
// Follows Python's `rise_edge.face.crop` step by step, so that both cut the same crop.
#pragma once

#include <cstdint>
#include <vector>

#include "registration/viewpoint.hpp"
#include "rise_edge.h"

namespace rise {

// A crop with its own pixels; what is absent or not required is zero.
struct Cut {
  int size = 0;
  std::vector<std::uint8_t> colour;
  std::vector<std::uint16_t> depth_mm;
  std::vector<std::uint8_t> infrared;
  float side_px = 0, outside = 0, distance_mm = 0;
};

// The square that is cut around a face, from its eyes and mouth (Python:
// `rise_edge.face.face_square`), in pixels of the upright picture. Throws Failure unless it can be
// one.
Square face_square(const rise_face& face);

// Throws Failure if a picture, the face or a viewpoint is not what the C interface says.
Cut cut_face(const rise_frame& frame, const rise_face& face, std::uint32_t required, int size);

}  // namespace rise

// Reading: an embedding compared with the sphere that bounds living faces.
#pragma once

#include "model/model.hpp"
#include "rise_edge.h"

namespace rise {

// Whether the numbers can be evidence at all. A live face is one of small norm, so a dead model
// (all zero) or a broken one (NaN, a norm that is not its vector's) must not pass for a live face.
bool sound(const Embedding& embedding);

rise_reading read_margin(const Embedding& embedding, std::uint32_t modalities, double radius);

}  // namespace rise

#include "decision/reading.hpp"

#include <cmath>

namespace rise {
namespace {

constexpr double kNormTolerance = 1e-3;

}  // namespace

bool sound(const Embedding& embedding) {
  double squares = 0;
  for (const float value : embedding.vector) squares += static_cast<double>(value) * value;
  const double length = std::sqrt(squares), norm = embedding.norm;
  return std::isfinite(length) && std::isfinite(norm) && length > 0 &&
         std::abs(length - norm) <= kNormTolerance * length;
}

rise_reading read_margin(const Embedding& embedding, std::uint32_t modalities, double radius) {
  // In this order the sign is exact: that of radius - norm.
  return {modalities, embedding.norm, radius,
          (radius - static_cast<double>(embedding.norm)) / radius};
}

}  // namespace rise

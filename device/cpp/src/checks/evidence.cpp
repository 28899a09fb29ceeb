#include "checks/evidence.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace rise {
namespace {

constexpr float kMinFacePx = 80, kMaxOutside = 0.25F;
constexpr double kMinDepthCoverage = 0.25, kMaxSaturated = 0.6, kBrightest = 0.01;
constexpr int kDarkLevel = 6, kBrightLevel = 250;
constexpr double kMaxRoll = 25 * 3.14159265358979323846 / 180;

// Share of an image's values that fulfil a condition, in the rectangle of a margin all around.
template <typename T, typename Condition>
double share(const T* image, int size, int channels, int margin, Condition holds) {
  const int side = size - 2 * margin;
  long count = 0;
  for (int y = margin; y < size - margin; ++y) {
    const T* row = image + (static_cast<long>(y) * size + margin) * channels;
    count += std::count_if(row, row + side * channels, holds);
  }
  return static_cast<double>(count) / (static_cast<double>(side) * side * channels);
}

bool dark(const std::uint8_t* image, int size, int channels) {
  return image &&
         share(image, size, channels, 0, [](int v) { return v >= kDarkLevel; }) < kBrightest;
}

bool saturated(const std::uint8_t* image, int size, int channels) {
  const auto bright = [](int value) { return value >= kBrightLevel; };
  return image && share(image, size, channels, size / 4, bright) > kMaxSaturated;
}

bool thin(const std::uint16_t* depth_mm, int size) {
  const auto read = [](int value) { return value > 0; };
  return depth_mm && share(depth_mm, size, 1, size / 4, read) < kMinDepthCoverage;
}

}  // namespace

rise_reason examine_crop(const rise_crop& crop) {
  const bool cut = crop.side_px != 0;  // else it was prepared elsewhere, and its place is unknown
  if (cut && !(crop.side_px >= kMinFacePx)) return RISE_TOO_FAR;
  if (cut && !(crop.outside <= kMaxOutside)) return RISE_OUT_OF_FRAME;
  if (dark(crop.colour, crop.size, 3) || dark(crop.infrared, crop.size, 1)) return RISE_TOO_DARK;
  if (saturated(crop.colour, crop.size, 3)) return RISE_TOO_BRIGHT;
  if (saturated(crop.infrared, crop.size, 1)) return RISE_INFRARED_SATURATED;
  if (thin(crop.depth_mm, crop.size)) return RISE_DEPTH_COVERAGE;
  return RISE_NO_REASON;
}

rise_reason examine_face(const rise_face& face) {
  const double along[] = {double{face.left_eye[0]} - face.right_eye[0],
                          double{face.left_eye[1]} - face.right_eye[1]};
  const double down[] = {face.mouth[0] - (double{face.right_eye[0]} + face.left_eye[0]) / 2,
                         face.mouth[1] - (double{face.right_eye[1]} + face.left_eye[1]) / 2};
  const double side = along[0] * down[1] - along[1] * down[0] < 0 ? -1 : 1;
  const double roll = std::atan2(side * along[1], side * along[0]);
  return std::abs(roll) <= kMaxRoll ? RISE_NO_REASON : RISE_TURNED;
}

}  // namespace rise

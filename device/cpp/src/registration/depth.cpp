#include "registration/depth.hpp"

#include <cstring>

#include "crop/resize.hpp"

namespace rise {
namespace {

template <typename T>
T number(const std::uint8_t* from) {
  T found;
  std::memcpy(&found, from, sizeof found);
  return found;
}

// Android's ImageFormat.DEPTH16: the 13 lower bits are millimetres; the 3 upper ones say how sure
// the sensor is: 0 = wholly, 1 = not at all, n = (n - 1) / 7. Source:
// developer.android.com/reference/android/graphics/ImageFormat#DEPTH16
std::uint16_t android_mm(std::uint16_t sample) {
  constexpr unsigned kSaturated = 0x1fff;
  const unsigned mm = sample & kSaturated;
  const bool unsure = sample >> 13 == 1;
  return unsure || mm == kSaturated ? std::uint16_t{0} : static_cast<std::uint16_t>(mm);
}

std::uint16_t unsaturated_mm(std::uint16_t mm) { return mm == 0xffff ? std::uint16_t{0} : mm; }

}  // namespace

float half_to_float(std::uint16_t half) {
  const std::uint32_t exponent = half >> 10 & 31U, fraction = half & 1023U;
  constexpr std::uint32_t kBias = 127 - 15;  // between the exponents of 32 and of 16 bits
  float size;
  if (exponent == 0) {
    size = static_cast<float>(fraction) * 0x1p-24F;
  } else {
    const std::uint32_t wider = exponent == 31 ? 255 : exponent + kBias;
    const std::uint32_t bits = wider << 23 | fraction << 13;
    std::memcpy(&size, &bits, sizeof size);
  }
  return half & 0x8000 ? -size : size;
}

std::uint16_t metres_to_mm(double metres) {
  const double mm = metres * 1000 + 0.5;
  return mm >= 1 && mm < 65535 ? static_cast<std::uint16_t>(mm) : std::uint16_t{0};
}

std::uint16_t depth_mm_at(const rise_image& image, const Samples& samples, int x, int y) {
  const std::uint8_t* from = samples.at(0, x, y);
  switch (image.format) {
    case RISE_DEPTH_MM_U16:
      return unsaturated_mm(number<std::uint16_t>(from));
    case RISE_DEPTH16_ANDROID:
      return android_mm(number<std::uint16_t>(from));
    case RISE_DEPTH_METRES_F32:
      return metres_to_mm(number<float>(from));
    case RISE_DEPTH_METRES_F16:
      return metres_to_mm(half_to_float(number<std::uint16_t>(from)));
    case RISE_DISPARITY_F32:
      return metres_to_mm(1.0 / number<float>(from));
    case RISE_DISPARITY_F16:
      return metres_to_mm(1.0 / half_to_float(number<std::uint16_t>(from)));
    default:
      return 0;
  }
}

std::vector<std::uint16_t> depth_square(const rise_image& image, const Window& window, int size) {
  const Samples samples(image);
  const std::vector<int> source = nearest(window.width, size);
  std::vector<std::uint16_t> found;
  found.reserve(source.size() * source.size());
  for (const int row : source) {
    const int y = window.top + row;
    for (const int column : source) {
      const int x = window.left + column;
      const bool inside = x >= 0 && y >= 0 && x < image.width && y < image.height;
      found.push_back(inside ? depth_mm_at(image, samples, x, y) : std::uint16_t{0});
    }
  }
  return found;
}

}  // namespace rise

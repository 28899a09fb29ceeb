#include "crop/pixels.hpp"

namespace rise {
namespace {

// From Y, U and V to R, G and B as shares of 2^16: ITU-R BT.601, in the full range of JFIF and in
// the range of video, where Y spans 16 to 235 and U and V span 16 to 240.
struct YuvMatrix {
  int black, y, v_to_r, u_to_g, v_to_g, u_to_b;
};
constexpr YuvMatrix kFull = {0, 65536, 91881, -22554, -46802, 116130};
constexpr YuvMatrix kVideo = {16, 76309, 104597, -25675, -53279, 132201};

std::uint8_t byte(int scaled) {
  const int rounded = (scaled + (1 << 15)) >> 16;
  return static_cast<std::uint8_t>(rounded < 0 ? 0 : rounded > 255 ? 255 : rounded);
}

void put_rgb(const YuvMatrix& m, int y, int u, int v, std::uint8_t* to) {
  const int light = (y - m.black) * m.y;
  u -= 128, v -= 128;
  to[0] = byte(light + m.v_to_r * v);
  to[1] = byte(light + m.u_to_g * u + m.v_to_g * v);
  to[2] = byte(light + m.u_to_b * u);
}

std::vector<std::uint8_t> from_yuv(const rise_image& image, const Window& window,
                                   const YuvMatrix& matrix) {
  const Samples samples(image);
  return window_of<std::uint8_t>(image, window, 3, [=](int x, int y, std::uint8_t* to) {
    put_rgb(matrix, *samples.at(0, x, y), *samples.at(1, x / 2, y / 2),
            *samples.at(2, x / 2, y / 2), to);
  });
}

// `red`, `blue`: where in a pixel they lie; green is between them.
std::vector<std::uint8_t> from_bytes(const rise_image& image, const Window& window, int red,
                                     int blue) {
  const Samples samples(image);
  return window_of<std::uint8_t>(image, window, 3, [=](int x, int y, std::uint8_t* to) {
    const std::uint8_t* from = samples.at(0, x, y);
    to[0] = from[red], to[1] = from[1], to[2] = from[blue];
  });
}

}  // namespace

std::vector<std::uint8_t> rgb_window(const rise_image& image, const Window& window) {
  if (image.format == RISE_YUV420_FULL) return from_yuv(image, window, kFull);
  if (image.format == RISE_YUV420_VIDEO) return from_yuv(image, window, kVideo);
  if (image.format == RISE_BGRA8) return from_bytes(image, window, 2, 0);
  return from_bytes(image, window, 0, 2);
}

std::vector<std::uint8_t> grey_window(const rise_image& image, const Window& window) {
  const Samples samples(image);
  const int upper = image.format == RISE_GREY16 ? 1 : 0;  // of two bytes, the lower one first
  return window_of<std::uint8_t>(
      image, window, 1, [=](int x, int y, std::uint8_t* to) { *to = samples.at(0, x, y)[upper]; });
}

}  // namespace rise

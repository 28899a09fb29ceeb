// Colour of every format is the same RGB; infrared is 8 bits.
#include "check.hpp"
#include "crop/pixels.hpp"
#include "picture_of.hpp"

using Bytes = std::vector<std::uint8_t>;

static rise_image yuv(rise_format format, int width, int height, const rise_plane& y,
                      const rise_plane& u, const rise_plane& v) {
  return {sizeof(rise_image), format, width, height, {y, u, v}, kView};
}

static Bytes pixel_of(rise_format format, std::uint8_t y, std::uint8_t u, std::uint8_t v) {
  const Bytes luma = {y}, blue = {u}, red = {v};
  return rise::rgb_window(yuv(format, 1, 1, plane_of(luma), plane_of(blue), plane_of(red)),
                          {0, 0, 1, 1});
}

static void packed_formats_differ_in_their_order_alone() {
  const Bytes rgb = {10, 20, 30, 40, 50, 60};
  const rise::Window all = {0, 0, 2, 1};
  CHECK(rise::rgb_window(picture_of(RISE_RGB8, 2, 1, rgb), all) == rgb);
  const Bytes rgba = {10, 20, 30, 255, 40, 50, 60, 0}, bgra = {30, 20, 10, 255, 60, 50, 40, 0};
  CHECK(rise::rgb_window(picture_of(RISE_RGBA8, 2, 1, rgba), all) == rgb);
  CHECK(rise::rgb_window(picture_of(RISE_BGRA8, 2, 1, bgra), all) == rgb);
  CHECK((rise::rgb_window(picture_of(RISE_BGRA8, 2, 1, bgra), {1, 0, 1, 1}) == Bytes{40, 50, 60}));
}

// BT.601: Y = 0.299 R + 0.587 G + 0.114 B; U and V are B - Y and R - Y, scaled to a byte around
// 128.
static void yuv_has_the_range_that_its_format_says() {
  CHECK((pixel_of(RISE_YUV420_FULL, 0, 128, 128) == Bytes{0, 0, 0}));
  CHECK((pixel_of(RISE_YUV420_FULL, 255, 128, 128) == Bytes{255, 255, 255}));
  CHECK((pixel_of(RISE_YUV420_FULL, 100, 128, 128) == Bytes{100, 100, 100}));
  CHECK((pixel_of(RISE_YUV420_FULL, 76, 85, 255) == Bytes{254, 0, 0}));
  CHECK((pixel_of(RISE_YUV420_VIDEO, 16, 128, 128) == Bytes{0, 0, 0}));
  CHECK((pixel_of(RISE_YUV420_VIDEO, 235, 128, 128) == Bytes{255, 255, 255}));
  CHECK((pixel_of(RISE_YUV420_VIDEO, 82, 90, 240) == Bytes{255, 1, 0}));
  CHECK((pixel_of(RISE_YUV420_VIDEO, 0, 128, 128) == Bytes{0, 0, 0}));  // cut off, never wrapped
  CHECK((pixel_of(RISE_YUV420_VIDEO, 255, 255, 255)[0] == 255));
  CHECK((pixel_of(RISE_YUV420_FULL, 0, 0, 0) == Bytes{0, 135, 0}));
}

static void planar_and_interleaved_chroma_give_the_same_picture() {
  constexpr int kWidth = 7, kHeight = 5, kAcross = 4, kDown = 3;  // odd: half of it is rounded up
  Bytes luma(kWidth * kHeight), blue(kAcross * kDown), red(kAcross * kDown), nv12, nv21;
  for (std::size_t i = 0; i < luma.size(); ++i) luma[i] = static_cast<std::uint8_t>(7 * i);
  for (std::size_t i = 0; i < blue.size(); ++i) {
    blue[i] = static_cast<std::uint8_t>(20 * i), red[i] = static_cast<std::uint8_t>(255 - 9 * i);
    nv12.insert(nv12.end(), {blue[i], red[i]}), nv21.insert(nv21.end(), {red[i], blue[i]});
  }
  const auto begun_at = [](const Bytes& pairs, std::int64_t first) -> rise_plane {
    const auto size = static_cast<std::int64_t>(pairs.size()) - first;
    return {pairs.data() + first, size - (1 - first), 2 * kAcross, 2};  // as Android counts it
  };
  const rise::Window all = {0, 0, kWidth, kHeight};
  const Bytes i420 = rise::rgb_window(
      yuv(RISE_YUV420_FULL, kWidth, kHeight, plane_of(luma), plane_of(blue), plane_of(red)), all);
  CHECK(i420 == rise::rgb_window(yuv(RISE_YUV420_FULL, kWidth, kHeight, plane_of(luma),
                                     begun_at(nv12, 0), begun_at(nv12, 1)),
                                 all));
  CHECK(i420 == rise::rgb_window(yuv(RISE_YUV420_FULL, kWidth, kHeight, plane_of(luma),
                                     begun_at(nv21, 1), begun_at(nv21, 0)),
                                 all));
  const Bytes corner = {i420.end() - 3, i420.end()};
  CHECK(corner == pixel_of(RISE_YUV420_FULL, luma.back(), blue.back(), red.back()));
}

static void of_16_bits_of_infrared_the_upper_byte_counts() {
  const std::vector<std::uint16_t> wide = {0x00ff, 0x0100, 0xff00, 0x7fff};
  CHECK((rise::grey_window(picture_of(RISE_GREY16, 4, 1, wide), {0, 0, 4, 1}) ==
         Bytes{0, 1, 255, 127}));
  const Bytes bytes = {1, 2, 3, 4};
  CHECK(rise::grey_window(picture_of(RISE_GREY8, 4, 1, bytes), {0, 0, 4, 1}) == bytes);
}

int main() {
  packed_formats_differ_in_their_order_alone();
  yuv_has_the_range_that_its_format_says();
  planar_and_interleaved_chroma_give_the_same_picture();
  of_16_bits_of_infrared_the_upper_byte_counts();
}

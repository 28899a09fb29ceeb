// A picture is read only where its planes were said to reach, and refused where that is too short.
#include <limits>

#include "check.hpp"
#include "crop/picture.hpp"
#include "failure.hpp"
#include "picture_of.hpp"

using Bytes = std::vector<std::uint8_t>;

static bool refused(const rise_image& image, void (*expect)(const rise_image&)) {
  try {
    expect(image);
  } catch (const rise::Failure& failure) {
    return failure.status == RISE_ERROR_ARGUMENT && !failure.message.empty();
  }
  return false;
}

static void each_modality_has_its_formats() {
  const Bytes bytes(64 * 48 * 4);
  for (int format = -1; format < 64; ++format) {
    rise_image image = picture_of(static_cast<rise_format>(format), 64, 48, bytes);
    image.planes[1] = image.planes[2] = image.planes[0];
    CHECK(refused(image, rise::expect_colour) == (format < 0 || format > 4));
    CHECK(refused(image, rise::expect_infrared) == (format != 16 && format != 17));
    CHECK(refused(image, rise::expect_depth) == (format < 32 || format > 37));
  }
}

static void a_plane_that_is_one_byte_short_is_refused() {
  struct Case {
    rise_format format;
    int width, height, row_stride, pixel_stride;
    std::int64_t needed;
    void (*expect)(const rise_image&);
  };
  const Case cases[] = {
      {RISE_RGB8, 5, 3, 0, 0, 45, rise::expect_colour},
      {RISE_RGB8, 5, 3, 16, 0, 47, rise::expect_colour},  // no padding behind the last row
      {RISE_RGB8, 5, 3, 0, 4, 59, rise::expect_colour},
      {RISE_BGRA8, 5, 3, 0, 0, 60, rise::expect_colour},
      {RISE_GREY8, 5, 3, 8, 0, 21, rise::expect_infrared},
      {RISE_GREY16, 5, 3, 0, 0, 30, rise::expect_infrared},
      {RISE_DEPTH16_ANDROID, 5, 3, 12, 0, 34, rise::expect_depth},
      {RISE_DISPARITY_F32, 5, 3, 0, 0, 60, rise::expect_depth},
      {RISE_RGB8, 16384, 16384, 0, 0, 805306368, rise::expect_colour},
  };
  for (const Case& one : cases) {
    const std::uint8_t byte = 0;  // nothing is read while a picture is examined
    const rise_plane plane = {&byte, one.needed, one.row_stride, one.pixel_stride};
    rise_image image = {sizeof image, one.format, one.width, one.height, {plane, {}, {}}, kView};
    CHECK(!refused(image, one.expect));
    --image.planes[0].size_bytes;
    CHECK(refused(image, one.expect));
  }
}

static void chroma_planes_are_half_as_large_rounded_up() {
  const Bytes luma(7 * 5), chroma(4 * 3);
  rise_image image = picture_of(RISE_YUV420_FULL, 7, 5, luma);
  image.planes[1] = image.planes[2] = plane_of(chroma);
  CHECK(!refused(image, rise::expect_colour));
  for (int plane = 0; plane < 3; ++plane) {
    rise_image altered = image;
    --altered.planes[plane].size_bytes;
    CHECK(refused(altered, rise::expect_colour));
    altered.planes[plane] = {};
    CHECK(refused(altered, rise::expect_colour));
  }
}

static void absurd_sizes_and_strides_are_refused() {
  constexpr int kMost = std::numeric_limits<int>::max();
  const Bytes bytes(64);
  for (const int side : {0, -1, 16385, kMost, -kMost - 1}) {
    CHECK(refused(picture_of(RISE_GREY8, side, 1, bytes), rise::expect_infrared));
    CHECK(refused(picture_of(RISE_GREY8, 1, side, bytes), rise::expect_infrared));
  }
  for (const int stride : {-1, 1, kMost, -kMost - 1}) {
    CHECK(refused(picture_of(RISE_GREY16, 4, 2, bytes, stride), rise::expect_infrared));
    CHECK(refused(picture_of(RISE_GREY16, 4, 2, bytes, 0, stride), rise::expect_infrared));
  }
  rise_image image = picture_of(RISE_GREY8, 4, 2, bytes);
  image.planes[0].size_bytes = -1;
  CHECK(refused(image, rise::expect_infrared));
}

static void what_lies_outside_the_picture_is_zero() {
  const Bytes bytes = {1, 2, 3, 4, 5, 6};
  const rise_image image = picture_of(RISE_GREY8, 3, 2, bytes);
  const rise::Samples samples(image);
  const auto window = [&](const rise::Window& asked) {
    return rise::window_of<std::uint8_t>(
        image, asked, 1, [&](int x, int y, std::uint8_t* to) { *to = *samples.at(0, x, y); });
  };
  CHECK(window({0, 0, 3, 2}) == bytes);
  CHECK((window({1, 1, 2, 1}) == Bytes{5, 6}));
  CHECK((window({-1, -1, 3, 2}) == Bytes{0, 0, 0, 0, 1, 2}));
  CHECK((window({2, 1, 2, 2}) == Bytes{6, 0, 0, 0}));
  for (const int away : {-1000000, -2, 3, 1000000}) {
    CHECK((window({away, 0, 2, 2}) == Bytes(4)));
    CHECK((window({0, away, 2, 2}) == Bytes(4)));
  }
}

int main() {
  each_modality_has_its_formats();
  a_plane_that_is_one_byte_short_is_refused();
  chroma_planes_are_half_as_large_rounded_up();
  absurd_sizes_and_strides_are_refused();
  what_lies_outside_the_picture_is_zero();
}

#include "crop/picture.hpp"

#include <string>

#include "failure.hpp"

namespace rise {
namespace {

constexpr int kMaxSide = 16384, kMaxRowStride = 1 << 20, kMaxPixelStride = 64;

struct Layout {
  int planes;
  int sample_bytes;    // of one pixel in one plane
  int chroma_divisor;  // pixels that share a sample of the planes behind the first, in each
                       // direction
};

Layout layout(rise_format format) {
  switch (format) {
    case RISE_RGB8:
      return {1, 3, 1};
    case RISE_RGBA8:
    case RISE_BGRA8:
      return {1, 4, 1};
    case RISE_YUV420_FULL:
    case RISE_YUV420_VIDEO:
      return {3, 1, 2};
    case RISE_GREY8:
      return {1, 1, 1};
    case RISE_GREY16:
    case RISE_DEPTH_MM_U16:
    case RISE_DEPTH16_ANDROID:
    case RISE_DEPTH_METRES_F16:
    case RISE_DISPARITY_F16:
      return {1, 2, 1};
    case RISE_DEPTH_METRES_F32:
    case RISE_DISPARITY_F32:
      return {1, 4, 1};
  }
  return {0, 0, 0};
}

rise_plane with_strides(rise_plane plane, int width, int sample_bytes) {
  if (plane.pixel_stride == 0) plane.pixel_stride = sample_bytes;
  if (plane.row_stride == 0) plane.row_stride = width * plane.pixel_stride;
  return plane;
}

[[noreturn]] void reject(const std::string& why) { throw Failure(RISE_ERROR_ARGUMENT, why); }

void expect_plane(const rise_plane& given, int width, int height, int sample_bytes) {
  if (!given.data) reject("expected every plane of a picture to have data, got a null pointer");
  if (given.pixel_stride < 0 || given.pixel_stride > kMaxPixelStride || given.row_stride < 0 ||
      given.row_stride > kMaxRowStride) {
    reject("expected strides of a picture's planes that are not negative nor absurd, got " +
           std::to_string(given.pixel_stride) + " and " + std::to_string(given.row_stride));
  }
  const rise_plane plane = with_strides(given, width, sample_bytes);
  const std::int64_t row = std::int64_t{width - 1} * plane.pixel_stride + sample_bytes;
  const std::int64_t needed = std::int64_t{height - 1} * plane.row_stride + row;
  if (plane.pixel_stride < sample_bytes || plane.row_stride < row || given.size_bytes < needed) {
    reject("expected a plane of " + std::to_string(needed) + " bytes for its picture, got " +
           std::to_string(given.size_bytes));
  }
}

void expect_picture(const rise_image& image, const char* kind, int least, int most) {
  if (image.format < least || image.format > most || layout(image.format).planes == 0) {
    reject(std::string("expected a format of ") + kind + ", got " +
           std::to_string(static_cast<int>(image.format)));
  }
  if (image.width < 1 || image.height < 1 || image.width > kMaxSide || image.height > kMaxSide) {
    reject("expected pictures of 1 to 16384 pixels a side, got " + std::to_string(image.width) +
           "x" + std::to_string(image.height));
  }
  const Layout found = layout(image.format);
  for (int plane = 0; plane < found.planes; ++plane) {
    const int divisor = plane == 0 ? 1 : found.chroma_divisor;
    expect_plane(image.planes[plane], (image.width + divisor - 1) / divisor,
                 (image.height + divisor - 1) / divisor, found.sample_bytes);
  }
}

}  // namespace

void expect_colour(const rise_image& image) {
  expect_picture(image, "colour", RISE_RGB8, RISE_YUV420_VIDEO);
}

void expect_depth(const rise_image& image) {
  expect_picture(image, "depth", RISE_DEPTH_MM_U16, RISE_DISPARITY_F16);
}

void expect_infrared(const rise_image& image) {
  expect_picture(image, "infrared", RISE_GREY8, RISE_GREY16);
}

Samples::Samples(const rise_image& image) : planes_{} {
  const Layout found = layout(image.format);
  sample_bytes_ = found.sample_bytes;
  for (int plane = 0; plane < found.planes; ++plane) {
    const int divisor = plane == 0 ? 1 : found.chroma_divisor;
    planes_[plane] = with_strides(image.planes[plane], (image.width + divisor - 1) / divisor,
                                  found.sample_bytes);
  }
}

}  // namespace rise

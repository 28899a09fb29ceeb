// Picture: what a rise_image may be, and where its samples lie. Nothing is read before it was
// examined.
#pragma once

#include <cstdint>
#include <vector>

#include "rise_edge.h"

namespace rise {

// A rectangle in pixels of a picture; it may reach beyond it.
struct Window {
  int left, top, width, height;
};

// Throws Failure unless the format is one of colour, depth or infrared, and every sample of every
// plane lies within its size_bytes.
void expect_colour(const rise_image& image);
void expect_depth(const rise_image& image);
void expect_infrared(const rise_image& image);

// The planes of an examined image, with every stride that was left 0 filled in.
class Samples {
 public:
  explicit Samples(const rise_image& image);

  const std::uint8_t* at(int plane, int x, int y) const {
    const rise_plane& p = planes_[plane];
    return static_cast<const std::uint8_t*>(p.data) + std::int64_t{y} * p.row_stride +
           std::int64_t{x} * p.pixel_stride;
  }

  // Of one pixel in the first plane.
  int sample_bytes() const { return sample_bytes_; }

 private:
  rise_plane planes_[3];
  int sample_bytes_;
};

// A window's pixels, row by row; what lies outside the picture is zero. `read` puts the pixel at
// (x, y) of the picture where it is told to; what it needs it should hold by value, else each byte
// that is put might be one of its strides, which are then fetched again for every pixel.
template <typename T, typename Read>
std::vector<T> window_of(const rise_image& image, const Window& window, int channels, Read read) {
  std::vector<T> found(static_cast<std::size_t>(window.width) *
                       static_cast<std::size_t>(window.height) *
                       static_cast<std::size_t>(channels));
  const int x0 = window.left > 0 ? window.left : 0, y0 = window.top > 0 ? window.top : 0;
  const int right = window.left + window.width, bottom = window.top + window.height;
  const int x1 = right < image.width ? right : image.width;
  const int y1 = bottom < image.height ? bottom : image.height;
  if (x1 <= x0) return found;
  for (int y = y0; y < y1; ++y) {
    T* to = found.data() +
            (std::int64_t{y - window.top} * window.width + (x0 - window.left)) * channels;
    for (int x = x0; x < x1; ++x, to += channels) read(x, y, to);
  }
  return found;
}

}  // namespace rise

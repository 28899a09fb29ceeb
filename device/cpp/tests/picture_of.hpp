// Pictures of tests: over a vector that is exactly as long as the picture needs, so that the
// address sanitizer finds a read that goes one byte too far.
#pragma once

#include <rise_edge.h>

#include <cstdint>
#include <vector>

constexpr rise_viewpoint kView = {600, 600, 32, 24, {}, {}};

template <typename T>
rise_plane plane_of(const std::vector<T>& samples, std::int32_t row_stride = 0,
                    std::int32_t pixel_stride = 0) {
  return {samples.data(), static_cast<std::int64_t>(samples.size() * sizeof(T)), row_stride,
          pixel_stride};
}

template <typename T>
rise_image picture_of(rise_format format, int width, int height, const std::vector<T>& samples,
                      std::int32_t row_stride = 0, std::int32_t pixel_stride = 0) {
  const rise_plane plane = plane_of(samples, row_stride, pixel_stride);
  return {sizeof(rise_image), format, width, height, {plane, {}, {}}, kView};
}

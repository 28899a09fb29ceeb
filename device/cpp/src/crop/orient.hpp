// Orient: from pictures as a sensor delivers them to upright ones.
#pragma once

#include <cstddef>
#include <vector>

#include "rise_edge.h"

namespace rise {

struct Point {
  double x, y;
};

// Where a point of the upright picture lies in the delivered one of that size. Pixel i spans [i, i
// + 1).
Point delivered(Point upright, const rise_frame& frame, int width, int height);

// A square picture, turned and flipped as the frame says.
template <typename T>
std::vector<T> upright(const std::vector<T>& square, int size, int channels,
                       const rise_frame& frame) {
  if (frame.rotation_deg == 0 && !frame.mirrored) return square;
  std::vector<T> turned(square.size());
  const auto at = [&](int x, int y) {
    return (static_cast<std::size_t>(y) * static_cast<std::size_t>(size) +
            static_cast<std::size_t>(x)) *
           static_cast<std::size_t>(channels);
  };
  for (int y = 0; y < size; ++y) {
    for (int x = 0; x < size; ++x) {
      const Point from = delivered({x + 0.5, y + 0.5}, frame, size, size);
      const std::size_t source = at(static_cast<int>(from.x), static_cast<int>(from.y));
      for (int c = 0; c < channels; ++c) {
        turned[at(x, y) + static_cast<std::size_t>(c)] =
            square[source + static_cast<std::size_t>(c)];
      }
    }
  }
  return turned;
}

}  // namespace rise

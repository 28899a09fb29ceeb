// The ways in which squares are scaled; `test_crop_agrees.py` compares them with OpenCV's.
#include <cmath>
#include <numeric>

#include "check.hpp"
#include "resize.hpp"

using Bytes = std::vector<std::uint8_t>;
using Depth = std::vector<std::uint16_t>;

static Depth counted(int side) {
  Depth square(static_cast<std::size_t>(side * side));
  std::iota(square.begin(), square.end(), std::uint16_t{0});
  return square;
}

static void the_size_of_before_is_the_same_picture() {
  CHECK(rise::resize_nearest(counted(7), 7, 7) == counted(7));
  const Bytes square = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255};
  CHECK(rise::resize_smooth(square, 3, 2, 2) == square);
}

static void depth_is_taken_as_it_was_read() {
  CHECK((rise::resize_nearest(counted(2), 2, 4) ==
         Depth{0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3}));
  CHECK((rise::resize_nearest(counted(3), 3, 1) == Depth{4}));  // the middle
  CHECK((rise::resize_nearest(counted(6), 6, 2) == Depth{7, 10, 25, 28}));
}

static void the_reading_nearest_to_each_pixels_centre_is_taken() {
  for (int side = 1; side <= 255; ++side) {
    const Depth found = rise::resize_nearest(counted(side), side, 112);
    for (int i = 0; i < 112; ++i) {
      const double centre = (i + 0.5) * side / 112;
      const int across = found[static_cast<std::size_t>(i)] % side;
      const int down = found[static_cast<std::size_t>(i * 112)] / side;
      CHECK(std::abs(across + 0.5 - centre) < 0.51 && down == across);
    }
  }
}

static void a_plain_picture_stays_plain_at_every_size() {
  for (int side = 1; side <= 300; ++side) {
    for (const int level : {0, 1, 127, 255}) {
      const Bytes plain(static_cast<std::size_t>(side * side), static_cast<std::uint8_t>(level));
      const Bytes found = rise::resize_smooth(plain, 1, side, 112);
      CHECK(found == Bytes(112 * 112, static_cast<std::uint8_t>(level)));
    }
  }
}

static void shrinking_takes_the_mean_of_what_is_covered() {
  CHECK((rise::resize_smooth({0, 30, 60, 30, 60, 90, 60, 90, 120}, 1, 3, 1) == Bytes{60}));
  // Three pixels into two: each covers one and a half.
  CHECK((rise::resize_smooth({0, 90, 180, 0, 90, 180, 0, 90, 180}, 1, 3, 2) ==
         Bytes{30, 150, 30, 150}));
  CHECK((rise::resize_smooth({0, 1, 0, 1}, 1, 2, 1) == Bytes{1}));  // half a level: up
}

static void growing_lies_between_neighbours() {
  CHECK((rise::resize_smooth({0, 200, 0, 200}, 1, 2, 4) ==
         Bytes{0, 50, 150, 200, 0, 50, 150, 200, 0, 50, 150, 200, 0, 50, 150, 200}));
  CHECK((rise::resize_smooth({10, 20, 30}, 3, 1, 2) ==
         Bytes{10, 20, 30, 10, 20, 30, 10, 20, 30, 10, 20, 30}));
}

int main() {
  the_size_of_before_is_the_same_picture();
  depth_is_taken_as_it_was_read();
  the_reading_nearest_to_each_pixels_centre_is_taken();
  a_plain_picture_stays_plain_at_every_size();
  shrinking_takes_the_mean_of_what_is_covered();
  growing_lies_between_neighbours();
}

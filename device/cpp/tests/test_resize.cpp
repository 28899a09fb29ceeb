// The ways in which squares are scaled; `test_crop_agrees.py` compares them with OpenCV's.
#include <cmath>
#include <cstdlib>

#include "check.hpp"
#include "crop/resize.hpp"

using Bytes = std::vector<std::uint8_t>;

static void the_size_of_before_is_the_same_picture() {
  CHECK((rise::nearest(4, 4) == std::vector<int>{0, 1, 2, 3}));
  const Bytes square = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255};
  CHECK(rise::resize_smooth(square, 3, 2, 2) == square);
}

static void the_reading_nearest_to_each_pixels_centre_is_taken() {
  CHECK((rise::nearest(2, 4) == std::vector<int>{0, 0, 1, 1}));
  CHECK((rise::nearest(3, 1) == std::vector<int>{1}));
  CHECK((rise::nearest(6, 2) == std::vector<int>{1, 4}));
  for (int side = 1; side <= 700; ++side) {
    const std::vector<int> source = rise::nearest(side, 112);
    for (int i = 0; i < 112; ++i) {
      const int at = source[static_cast<std::size_t>(i)];
      CHECK(at >= 0 && at < side && std::abs(at + 0.5 - (i + 0.5) * side / 112) < 0.5 + 1e-9);
    }
  }
}

static void a_mean_becomes_the_nearest_level() {
  for (int level = 0; level < 256; ++level) {
    CHECK(rise::level(static_cast<float>(level)) == level);
    CHECK(rise::level(static_cast<float>(level) + 0.49F) == level);
    if (level > 0) CHECK(rise::level(static_cast<float>(level) - 0.49F) == level);
  }
  CHECK(rise::level(0.5F) == 0 && rise::level(1.5F) == 2 && rise::level(2.5F) == 2);  // to even
  CHECK(rise::level(255.0001F) == 255);
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
  the_reading_nearest_to_each_pixels_centre_is_taken();
  a_mean_becomes_the_nearest_level();
  a_plain_picture_stays_plain_at_every_size();
  shrinking_takes_the_mean_of_what_is_covered();
  growing_lies_between_neighbours();
}

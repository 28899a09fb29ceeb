// Depth of every format in millimetres; what cannot be a distance is no reading.
#include <cmath>
#include <cstring>
#include <limits>

#include "check.hpp"
#include "picture_of.hpp"
#include "registration/depth.hpp"

using Halves = std::vector<std::uint16_t>;
using Floats = std::vector<float>;

static const float kNan = std::numeric_limits<float>::quiet_NaN();
static const float kInfinity = std::numeric_limits<float>::infinity();

template <typename T>
static Halves read(rise_format format, const std::vector<T>& samples) {
  const rise_image image = picture_of(format, static_cast<int>(samples.size()), 1, samples);
  const rise::Samples where(image);
  Halves found;
  for (int x = 0; x < image.width; ++x) found.push_back(rise::depth_mm_at(image, where, x, 0));
  return found;
}

// IEEE 754: sign, 5 bits of exponent with a bias of 15, 10 bits of fraction.
static void every_half_is_the_number_it_stands_for() {
  for (int half = 0; half < 0x10000; ++half) {
    const int exponent = half >> 10 & 31, fraction = half & 1023;
    const float found = rise::half_to_float(static_cast<std::uint16_t>(half));
    CHECK(std::signbit(found) == (half >= 0x8000));
    if (exponent == 31) {
      CHECK(fraction ? std::isnan(found) : std::isinf(found));
    } else {
      const int whole = exponent == 0 ? fraction : fraction + 1024;
      CHECK(std::abs(found) == std::ldexp(whole, std::max(exponent, 1) - 25));
    }
  }
}

static void metres_are_rounded_to_the_nearest_millimetre() {
  CHECK(rise::metres_to_mm(0.5) == 500 && rise::metres_to_mm(65.534) == 65534);
  CHECK(rise::metres_to_mm(0.0004) == 0 && rise::metres_to_mm(0.0006) == 1);
  CHECK(rise::metres_to_mm(0.5004) == 500 && rise::metres_to_mm(0.5006) == 501);
  CHECK(rise::metres_to_mm(0.53125) == 531 && rise::metres_to_mm(0.5625) == 563);  // 562.5: away
  for (const double far : {65.535, 65.536, 1e30}) CHECK(rise::metres_to_mm(far) == 0);
}

static void what_cannot_be_a_distance_is_no_reading() {
  const Floats impossible = {0, -0.0F, -0.5F, kNan, -kNan, kInfinity, -kInfinity, 65.536F, 1e30F};
  const Halves none(impossible.size());
  CHECK(read(RISE_DEPTH_METRES_F32, impossible) == none);
  const Floats no_disparity = {0, -0.0F, -2, kNan, -kNan, kInfinity, -kInfinity, 0.01F, 1e-40F};
  CHECK(read(RISE_DISPARITY_F32, no_disparity) == none);
  const Halves halves = {0, 0x8000, 0xb800, 0x7c00, 0xfc00, 0x7e00, 0x7c01, 0x5500, 0x7bff};
  CHECK(read(RISE_DEPTH_METRES_F16, halves) == Halves(halves.size()));  // 0x5500 is 80 m
  CHECK(read(RISE_DISPARITY_F16, Halves{0, 0x8000, 0xc000, 0x7c00, 0x7e00, 1}) == Halves(6));
}

static void each_format_gives_millimetres() {
  CHECK((read(RISE_DEPTH_MM_U16, Halves{0, 1, 500, 65534}) == Halves{0, 1, 500, 65534}));
  CHECK((read(RISE_DEPTH_METRES_F32, Floats{0.5F, 1.25F}) == Halves{500, 1250}));
  CHECK((read(RISE_DISPARITY_F32, Floats{2, 0.8F, 0.016F}) == Halves{500, 1250, 62500}));
  CHECK((read(RISE_DEPTH_METRES_F16, Halves{0x3800, 0x3d00}) == Halves{500, 1250}));  // 0.5, 1.25
  CHECK((read(RISE_DISPARITY_F16, Halves{0x4000, 0x3c00}) == Halves{500, 1000}));     // 2, 1
}

static void a_reading_of_which_android_is_not_sure_at_all_is_none() {
  for (unsigned code = 0; code < 8; ++code) {
    const auto sample = static_cast<std::uint16_t>(code << 13 | 1234U);
    CHECK(read(RISE_DEPTH16_ANDROID, Halves{sample})[0] == (code == 1 ? 0 : 1234));
  }
}

static void a_saturated_number_is_no_reading() {
  CHECK((read(RISE_DEPTH_MM_U16, Halves{65534, 65535}) == Halves{65534, 0}));
  CHECK((read(RISE_DEPTH16_ANDROID, Halves{0x1ffe, 0x1fff, 0xffff}) == Halves{0x1ffe, 0, 0}));
  CHECK(read(RISE_DEPTH_METRES_F32, Floats{65.535F}) == Halves(1));
}

static void samples_may_lie_anywhere() {
  const float metres[] = {0.5F, 1.25F};
  std::vector<std::uint8_t> bytes(1 + 5 + 4);  // one byte off, and 5 bytes from one to the next
  std::memcpy(bytes.data() + 1, &metres[0], 4);
  std::memcpy(bytes.data() + 6, &metres[1], 4);
  rise_image image = picture_of(RISE_DEPTH_METRES_F32, 2, 1, bytes, 0, 5);
  image.planes[0].data = bytes.data() + 1, --image.planes[0].size_bytes;
  rise::expect_depth(image);
  const rise::Samples where(image);
  CHECK(rise::depth_mm_at(image, where, 0, 0) == 500);
  CHECK(rise::depth_mm_at(image, where, 1, 0) == 1250);
}

static void a_square_is_made_of_readings_that_were_taken() {
  const Halves samples = {1, 2, 3, 4, 5, 6};  // 3 x 2
  const rise_image image = picture_of(RISE_DEPTH_MM_U16, 3, 2, samples);
  const auto square = [&](const rise::Window& window, int size) {
    return rise::depth_square(image, window, size);
  };
  CHECK((square({0, 0, 2, 2}, 2) == Halves{1, 2, 4, 5}));
  CHECK((square({1, 0, 2, 2}, 4) == Halves{2, 2, 3, 3, 2, 2, 3, 3, 5, 5, 6, 6, 5, 5, 6, 6}));
  CHECK((square({0, -1, 3, 3}, 1) == Halves{2}));  // the middle
  CHECK((square({2, 1, 2, 2}, 2) == Halves{6, 0, 0, 0}));
  CHECK((square({-1, -1, 2, 2}, 2) == Halves{0, 0, 0, 1}));
  for (const int away : {-1000000, 1000000}) CHECK(square({away, 0, 2, 2}, 2) == Halves(4));
}

int main() {
  every_half_is_the_number_it_stands_for();
  metres_are_rounded_to_the_nearest_millimetre();
  what_cannot_be_a_distance_is_no_reading();
  each_format_gives_millimetres();
  a_reading_of_which_android_is_not_sure_at_all_is_none();
  a_saturated_number_is_no_reading();
  samples_may_lie_anywhere();
  a_square_is_made_of_readings_that_were_taken();
}

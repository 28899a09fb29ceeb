// Turned and flipped squares, and the way back to where a point was delivered.
#include <cmath>
#include <numeric>

#include "check.hpp"
#include "crop/orient.hpp"

using Square = std::vector<int>;

static rise_frame turned_by(int rotation_deg, int mirrored) {
  return {sizeof(rise_frame), nullptr, nullptr, nullptr, rotation_deg, mirrored};
}

static void a_square_is_turned_clockwise_and_then_flipped() {
  const Square given = {1, 2, 3, 4};  // 1 2 above 3 4
  struct Case {
    int rotation_deg, mirrored;
    Square upright;
  };
  const Case cases[] = {
      {0, 0, {1, 2, 3, 4}}, {90, 0, {3, 1, 4, 2}}, {180, 0, {4, 3, 2, 1}}, {270, 0, {2, 4, 1, 3}},
      {0, 1, {2, 1, 4, 3}}, {90, 1, {1, 3, 2, 4}}, {180, 1, {3, 4, 1, 2}}, {270, 1, {4, 2, 3, 1}},
  };
  for (const Case& one : cases) {
    CHECK(rise::upright(given, 2, 1, turned_by(one.rotation_deg, one.mirrored)) == one.upright);
  }
}

static void the_channels_of_a_pixel_stay_together() {
  const Square given = {1, 10, 100, 2, 20, 200, 3, 30, 300, 4, 40, 400};
  CHECK((rise::upright(given, 2, 3, turned_by(90, 0)) ==
         Square{3, 30, 300, 1, 10, 100, 4, 40, 400, 2, 20, 200}));
}

static void turns_in_a_row_lead_back() {
  constexpr int kSize = 5;
  Square given(kSize * kSize);
  std::iota(given.begin(), given.end(), 0);
  Square square = given;
  for (int i = 0; i < 4; ++i) square = rise::upright(square, kSize, 1, turned_by(90, 0));
  CHECK(square == given);
  for (const int turn : {0, 90, 180, 270}) {
    const Square once = rise::upright(given, kSize, 1, turned_by(turn, 1));
    // A flip undoes itself, and turns what was turned back the other way.
    CHECK(rise::upright(rise::upright(once, kSize, 1, turned_by(0, 1)), kSize, 1,
                        turned_by((360 - turn) % 360, 0)) == given);
  }
}

// A picture of 4 x 3; upright it is 3 x 4 after a quarter turn.
static void a_point_is_found_where_it_was_delivered() {
  struct Case {
    int rotation_deg, mirrored;
    rise::Point upright, delivered;
  };
  const Case cases[] = {
      {0, 0, {1, 0.5}, {1, 0.5}},   {0, 1, {1, 0.5}, {3, 0.5}},   {90, 0, {2.5, 1}, {1, 0.5}},
      {90, 1, {0.5, 1}, {1, 0.5}},  {180, 0, {3, 2.5}, {1, 0.5}}, {180, 1, {1, 2.5}, {1, 0.5}},
      {270, 0, {0.5, 3}, {1, 0.5}}, {270, 1, {2.5, 3}, {1, 0.5}},
  };
  for (const Case& one : cases) {
    const rise::Point found =
        rise::delivered(one.upright, turned_by(one.rotation_deg, one.mirrored), 4, 3);
    CHECK(std::abs(found.x - one.delivered.x) < 1e-12);
    CHECK(std::abs(found.y - one.delivered.y) < 1e-12);
  }
}

int main() {
  a_square_is_turned_clockwise_and_then_flipped();
  the_channels_of_a_pixel_stay_together();
  turns_in_a_row_lead_back();
  a_point_is_found_where_it_was_delivered();
}

// What a face is cut out of: refused where it cannot be, and never read beyond its end.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <random>

#include "check.hpp"
#include "failure.hpp"
#include "picture_of.hpp"
#include "registration/registration.hpp"
#include "registration/viewpoint.hpp"

constexpr std::uint32_t kAll = RISE_COLOUR | RISE_DEPTH | RISE_INFRARED;
constexpr int kSize = 16;

// A wall at half a metre, 64 x 48, seen from one place.
struct Scene {
  std::vector<std::uint8_t> rgb = std::vector<std::uint8_t>(64 * 48 * 3, 100);
  std::vector<std::uint16_t> mm = std::vector<std::uint16_t>(64 * 48, 500);
  std::vector<std::uint8_t> grey = std::vector<std::uint8_t>(64 * 48, 50);
  rise_image colour = picture_of(RISE_RGB8, 64, 48, rgb);
  rise_image depth = picture_of(RISE_DEPTH_MM_U16, 64, 48, mm);
  rise_image infrared = picture_of(RISE_GREY8, 64, 48, grey);
  rise_frame frame = {sizeof frame, &colour, &depth, &infrared, 0, 0};
  rise_face face = {{27, 20}, {37, 20}, {32, 30}};  // its square spans 32 pixels around (32, 25)

  Scene() = default;
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;

  rise::Cut cut(std::uint32_t required = kAll) const {
    return rise::cut_face(frame, face, required, kSize);
  }

  bool refused(std::uint32_t required = kAll) const {
    try {
      cut(required);
    } catch (const rise::Failure& failure) {
      return failure.status == RISE_ERROR_ARGUMENT && !failure.message.empty();
    }
    return false;
  }
};

static void a_face_before_the_camera_is_cut() {
  const Scene scene;
  const rise::Cut cut = scene.cut();
  CHECK(cut.size == kSize && std::abs(cut.side_px - 32) < 1e-3F);
  CHECK(cut.outside == 0 && cut.distance_mm == 500);
  CHECK(cut.colour == std::vector<std::uint8_t>(kSize * kSize * 3, 100));
  CHECK(cut.depth_mm == std::vector<std::uint16_t>(kSize * kSize, 500));
  CHECK(cut.infrared == std::vector<std::uint8_t>(kSize * kSize, 50));
}

static void what_is_not_required_is_neither_examined_nor_read() {
  Scene scene;
  scene.depth = scene.infrared = {};
  CHECK(scene.refused(kAll) && scene.refused(RISE_COLOUR | RISE_DEPTH));
  const rise::Cut cut = scene.cut(RISE_COLOUR);
  CHECK(cut.depth_mm == std::vector<std::uint16_t>(kSize * kSize));
  CHECK(cut.infrared == std::vector<std::uint8_t>(kSize * kSize) && cut.distance_mm == 0);
}

static void a_frame_that_is_none_is_refused() {
  const auto with = [](auto alter) {
    Scene scene;
    alter(scene);
    return scene.refused();
  };
  CHECK(!with([](Scene&) {}));
  CHECK(with([](Scene& s) { s.frame.colour = nullptr; }));
  CHECK(!with([](Scene& s) { s.frame.depth = nullptr; }));  // absent is no fault of the call
  CHECK(with([](Scene& s) { s.colour.format = RISE_GREY8; }));
  CHECK(with([](Scene& s) { s.depth.format = RISE_GREY16; }));
  CHECK(with([](Scene& s) { s.infrared.format = RISE_DEPTH_MM_U16; }));
  CHECK(with([](Scene& s) { s.infrared.planes[0].data = nullptr; }));
  CHECK(with([](Scene& s) { s.colour.height = 49; }));
  for (const int turn : {-90, 1, 45, 360, 450, std::numeric_limits<int>::min()}) {
    CHECK(with([&](Scene& s) { s.frame.rotation_deg = turn; }));
  }
}

static void a_viewpoint_that_is_none_is_refused() {
  const double nan = std::nan(""), infinity = std::numeric_limits<double>::infinity();
  const auto with = [](auto alter) {
    Scene scene;
    alter(scene.infrared.viewpoint);
    return scene.refused();
  };
  for (const double bad : {nan, infinity, -infinity, 0.0, -600.0, 1e-320, 1e300}) {
    CHECK(with([&](rise_viewpoint& view) { view.fx = bad; }));
    CHECK(with([&](rise_viewpoint& view) { view.fy = bad; }));
  }
  for (const double bad : {nan, infinity, -infinity, 1e300}) {
    CHECK(with([&](rise_viewpoint& view) { view.cx = bad; }));
    CHECK(with([&](rise_viewpoint& view) { view.cy = bad; }));
    CHECK(with([&](rise_viewpoint& view) { view.rotation[4] = bad; }));
    CHECK(with([&](rise_viewpoint& view) { view.translation_mm[2] = bad; }));
  }
  // Three axes that are not at right angles, or longer than one; a quarter turn is a rotation.
  CHECK(with([](rise_viewpoint& view) { view = {600, 600, 32, 24, {1, 0, 0, 1, 0, 0}, {}}; }));
  CHECK(with(
      [](rise_viewpoint& view) { view = {600, 600, 32, 24, {2, 0, 0, 0, 2, 0, 0, 0, 2}, {}}; }));
  CHECK(!with(
      [](rise_viewpoint& view) { view = {600, 600, 32, 24, {0, -1, 0, 1, 0, 0, 0, 0, 1}, {}}; }));
}

static void a_face_that_is_none_is_refused() {
  const auto with = [](const rise_face& face) {
    Scene scene;
    scene.face = face;
    return scene.refused();
  };
  const float nan = std::nanf(""), infinity = std::numeric_limits<float>::infinity();
  CHECK(with({}));
  CHECK(with({{30, 20}, {30, 20}, {30, 40}}));  // both eyes at one place
  for (const float bad : {nan, infinity, -infinity, 3e38F, -3e38F, 2e6F}) {
    CHECK(with({{bad, 20}, {37, 20}, {32, 30}}));
    CHECK(with({{27, 20}, {37, bad}, {32, 30}}));
    CHECK(with({{27, 20}, {37, 20}, {bad, 30}}));
  }
}

static void a_face_outside_its_picture_is_all_outside() {
  for (const float away : {-900000.0F, -500.0F, 500.0F, 900000.0F}) {
    Scene scene;
    scene.face = {{away - 5, 20}, {away + 5, 20}, {away, 30}};
    const rise::Cut cut = scene.cut();
    CHECK(cut.outside == 1 && std::abs(cut.side_px - 32) < 1e-2F);
    CHECK(cut.colour == std::vector<std::uint8_t>(kSize * kSize * 3));
    CHECK(cut.depth_mm == std::vector<std::uint16_t>(kSize * kSize));
  }
  Scene half;
  half.face = {{-5, 20}, {5, 20}, {0, 30}};
  CHECK(std::abs(half.cut().outside - 0.5F) < 1e-3F);
}

// A depth camera that looks the other way has the face behind it.
static void what_the_depth_camera_cannot_see_is_no_evidence_and_no_error() {
  Scene scene;
  scene.mm.assign(scene.mm.size(), 0);
  scene.colour.viewpoint = {600, 600, 32, 24, {-1, 0, 0, 0, 1, 0, 0, 0, -1}, {}};
  const rise::Cut cut = scene.cut();
  CHECK(cut.outside == 1 && std::abs(cut.side_px - 32) < 1e-3F);
  CHECK(cut.colour == std::vector<std::uint8_t>(kSize * kSize * 3));
}

static void points_are_carried_as_they_are_projected() {
  const rise::Viewpoint from({600, 610, 30, 20, {0.8, -0.6, 0, 0.6, 0.8, 0, 0, 0, 1}, {5, -7, 3}});
  const rise::Viewpoint to({900, 880, 64, 40, {1, 0, 0, 0, 0.8, 0.6, 0, -0.6, 0.8}, {15, 2, -4}});
  const rise::Crossing crossing(from, to);
  for (const double z_mm : {1.0, 300.0, 60000.0}) {
    const rise::Point a = to.project(from.point(12, 34, z_mm)), b = crossing(12, 34, z_mm);
    CHECK(std::abs(a.x - b.x) < 1e-6 * (1 + std::abs(a.x)));
    CHECK(std::abs(a.y - b.y) < 1e-6 * (1 + std::abs(a.y)));
  }
}

// A thousand frames of noise from cameras anywhere: each is cut or refused.
static void noise_is_cut_or_refused() {
  std::mt19937 random(7);
  const auto between = [&](double least, double most) {
    return std::uniform_real_distribution<double>(least, most)(random);
  };
  const auto view = [&]() -> rise_viewpoint {
    const double a = between(-4, 4), c = std::cos(a), s = std::sin(a);
    const double focal = std::pow(10, between(0, 6)), far = std::pow(10, between(0, 5));
    rise_viewpoint found = {focal, focal, between(-99, 99), between(-99, 99), {}, {}};
    const double turns[3][9] = {
        {c, -s, 0, s, c, 0, 0, 0, 1}, {c, 0, s, 0, 1, 0, -s, 0, c}, {1, 0, 0, 0, 1, 0, 0, 0, 1}};
    std::copy_n(turns[random() % 3], 9, found.rotation);
    if (random() % 3) found.translation_mm[random() % 3] = between(-far, far);
    return found;
  };
  const rise_format depths[] = {RISE_DEPTH_MM_U16, RISE_DEPTH16_ANDROID, RISE_DEPTH_METRES_F16,
                                RISE_DISPARITY_F16};
  int counts[2] = {};
  for (int round = 0; round < 1000; ++round) {
    Scene scene;
    for (auto& mm : scene.mm) mm = static_cast<std::uint16_t>(random());
    for (rise_image* image : {&scene.colour, &scene.depth, &scene.infrared}) {
      if (random() % 2) image->viewpoint = view();
    }
    scene.depth.format = depths[random() % 4];
    scene.frame.rotation_deg = static_cast<int>(random() % 4) * 90;
    scene.frame.mirrored = static_cast<int>(random() % 2);
    if (random() % 2) scene.frame.depth = nullptr;
    const double reach = round % 10 ? 100 : 10000;
    for (float* point : {scene.face.right_eye, scene.face.left_eye, scene.face.mouth}) {
      point[0] = static_cast<float>(between(-reach, reach));
      point[1] = static_cast<float>(between(-reach, reach));
    }
    const bool refused = scene.refused();
    ++counts[refused];
    if (refused) continue;
    const rise::Cut cut = scene.cut();
    CHECK(cut.outside >= 0 && cut.outside <= 1 && cut.side_px > 0 && std::isfinite(cut.side_px));
    CHECK(cut.distance_mm >= 0 && cut.distance_mm <= 65535);
    CHECK(cut.colour.size() == kSize * kSize * 3 && cut.depth_mm.size() == kSize * kSize);
  }
  std::printf("%d frames of noise cut, %d refused\n", counts[0], counts[1]);
  CHECK(counts[0] > 500 && counts[1] > 10);
}

int main() {
  a_face_before_the_camera_is_cut();
  what_is_not_required_is_neither_examined_nor_read();
  a_frame_that_is_none_is_refused();
  a_viewpoint_that_is_none_is_refused();
  a_face_that_is_none_is_refused();
  a_face_outside_its_picture_is_all_outside();
  what_the_depth_camera_cannot_see_is_no_evidence_and_no_error();
  points_are_carried_as_they_are_projected();
  noise_is_cut_or_refused();
}

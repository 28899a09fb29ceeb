// Follow a camera: watch BUNDLE < frames
// A frame is its time in milliseconds and x, y of right eye, left eye and mouth (seven doubles,
// eyes and mouth NaN where there is no one face), then 640x480 pixels of RGB, depth in millimetres
// and infrared, registered to one viewpoint; `frames.py stream` writes some. Prints each verdict.
#include <rise_edge.h>

#include <cmath>
#include <cstdio>
#include <vector>

struct Camera {
  double now_ms, at[6];
  std::vector<uint8_t> colour = std::vector<uint8_t>(640 * 480 * 3);
  std::vector<uint16_t> depth_mm = std::vector<uint16_t>(640 * 480);
  std::vector<uint8_t> infrared = std::vector<uint8_t>(640 * 480);

  bool next() {
    return std::fread(&now_ms, sizeof now_ms, 1, stdin) == 1 &&
           std::fread(at, sizeof at, 1, stdin) == 1 &&
           std::fread(colour.data(), colour.size(), 1, stdin) == 1 &&
           std::fread(depth_mm.data(), depth_mm.size() * 2, 1, stdin) == 1 &&
           std::fread(infrared.data(), infrared.size(), 1, stdin) == 1;
  }
};

static rise_image image(rise_format format, const void* pixels, int64_t bytes) {
  const rise_plane plane = {pixels, bytes, 0, 0};
  return {sizeof(rise_image), format, 640, 480, {plane, {}, {}}, {600, 600, 320, 240, {}, {}}};
}

static int refused() {
  std::fprintf(stderr, "error: %s\n", rise_last_error());
  return 1;
}

int main(int count, char** words) {
  rise_checker* checker = nullptr;
  rise_session* session = nullptr;
  const uint32_t all = RISE_COLOUR | RISE_DEPTH | RISE_INFRARED;
  if (count != 2) return std::fprintf(stderr, "usage: watch BUNDLE < frames\n"), 1;
  if (rise_open(words[1], RISE_EXECUTORCH, 1, &checker) ||
      rise_session_open(checker, all, nullptr, &session)) {
    return refused();
  }
  Camera camera;
  // [embed]
  while (camera.next()) {
    const rise_image colour = image(RISE_RGB8, camera.colour.data(), 640 * 480 * 3);
    const rise_image depth = image(RISE_DEPTH_MM_U16, camera.depth_mm.data(), 640 * 480 * 2);
    const rise_image infrared = image(RISE_GREY8, camera.infrared.data(), 640 * 480);
    const rise_frame frame = {sizeof frame, &colour, &depth, &infrared, 0, 0};
    const double* at = camera.at;
    const auto coordinate = [at](int i) { return static_cast<float>(at[i]); };
    const rise_face face = {{coordinate(0), coordinate(1)},
                            {coordinate(2), coordinate(3)},
                            {coordinate(4), coordinate(5)}};
    const rise_face* found = std::isnan(at[0]) ? nullptr : &face;
    rise_verdict seen, verdict;
    if (rise_session_frame(session, &frame, found, camera.now_ms, &seen, &verdict))
      return refused();
    if (verdict.reason == RISE_UNFINISHED) continue;  // the seen frame alone opens no door
    std::printf("%.0f ms: %s %s\n", camera.now_ms, rise_outcome_name(verdict.outcome),
                rise_reason_name(verdict.reason));
  }
  // [/embed]
  rise_session_close(session);
  rise_close(checker);
}

// Judge one frame: check BUNDLE colour.rgb depth.u16 infrared.u8 X Y X Y X Y
// The files hold raw pixels of 640x480, registered to one viewpoint; X Y are right eye, left eye,
// mouth; `frames.py one FOLDER` makes some. 0 for LIVE, 1 for no answer, 2 for anything else.
// [embed]
#include <rise_edge.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <vector>

static std::vector<char> bytes(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

static rise_image image(rise_format format, const std::vector<char>& pixels) {
  const rise_plane plane = {pixels.data(), static_cast<int64_t>(pixels.size()), 0, 0};
  return {sizeof(rise_image), format, 640, 480, {plane, {}, {}}, {600, 600, 320, 240, {}, {}}};  // fx, fy, cx, cy
}

int main(int count, char** words) {
  rise_checker* checker = nullptr;
  rise_info info;
  rise_verdict verdict;
  float at[6];
  if (count != 11)
    return std::fprintf(stderr, "usage: check BUNDLE COLOUR DEPTH INFRARED X Y X Y X Y\n"), 1;
  for (int i = 0; i < 6; ++i) at[i] = std::strtof(words[5 + i], nullptr);
  const auto colour = bytes(words[2]), depth = bytes(words[3]), infrared = bytes(words[4]);
  const rise_image rgb = image(RISE_RGB8, colour), mm = image(RISE_DEPTH_MM_U16, depth),
                   grey = image(RISE_GREY8, infrared);
  const rise_frame frame = {sizeof frame, &rgb, &mm, &grey, 0, 0};
  const rise_face face = {{at[0], at[1]}, {at[2], at[3]}, {at[4], at[5]}};
  const uint32_t all = RISE_COLOUR | RISE_DEPTH | RISE_INFRARED;
  if (rise_open(words[1], RISE_EXECUTORCH, 1, &checker) || rise_get_info(checker, &info) ||
      rise_check(checker, &frame, &face, all, &verdict))
    return std::fprintf(stderr, "%s\n", rise_last_error()), 1;
  std::printf("%s\n%s %s margin %.4f\n", info.notice, rise_outcome_name(verdict.outcome),
              rise_reason_name(verdict.reason), verdict.reading.margin);
  rise_close(checker);
  return verdict.outcome == RISE_LIVE ? 0 : 2;
}
// [/embed]

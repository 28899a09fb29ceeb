/* Judge frames in C: `python device/cpp/examples/frames.py stream | quickstart BUNDLE`. Each frame
 * is its time, the eyes and the mouth of its face (not a number where there is none), and pixels. */
#include <rise_edge.h>
#include <stdio.h>

static struct {
  double now_ms, at[6];
  uint8_t colour[480][640][3];
  uint16_t depth_mm[480][640];
  uint8_t infrared[480][640];
} seen;

#define IMAGE(format, pixels) \
  {sizeof(rise_image), format, 640, 480, {{pixels, sizeof pixels, 0, 0}}, {600, 600, 319.5, 239.5, {0}, {0}}}

int main(int count, char **words) {
  const rise_image colour = IMAGE(RISE_RGB8, seen.colour), depth = IMAGE(RISE_DEPTH_MM_U16, seen.depth_mm),
                   infrared = IMAGE(RISE_GREY8, seen.infrared);
  const rise_frame frame = {sizeof frame, &colour, &depth, &infrared, 0, 0};
  rise_checker *checker = NULL;
  rise_info info = {.size = sizeof info};
  rise_verdict verdict = {.size = sizeof verdict};
  if (count != 2) return fprintf(stderr, "usage: quickstart BUNDLE < frames\n"), 2;
  if (rise_open(words[1], RISE_EXECUTORCH, 1, &checker) || rise_get_info(checker, &info))
    return fprintf(stderr, "error: %s\n", rise_last_error()), 4;
  puts(info.notice);
  while (fread(&seen, sizeof seen, 1, stdin)) {
    const double *at = seen.at;
    const rise_face face = {{at[0], at[1]}, {at[2], at[3]}, {at[4], at[5]}};
    if (at[0] != at[0]) continue;  /* no face, or several */
    if (rise_check(checker, &frame, &face, RISE_COLOUR | RISE_DEPTH | RISE_INFRARED, &verdict))
      return fprintf(stderr, "error: %s\n", rise_last_error()), 1;
    printf("%s %s\n", rise_outcome_name(verdict.outcome), rise_reason_name(verdict.reason));
  }
  return rise_close(checker), 0;
}

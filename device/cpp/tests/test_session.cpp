// A session over synthetic frames: what of it no simulated person shows.
#include <rise_edge.h>

#include <cstdint>
#include <vector>

#include "check.hpp"
#include "picture_of.hpp"

static constexpr int kWidth = 320, kHeight = 240;

// Two frames of one face: a black one, then one whose depth is missing; or the other way round.
static rise_reason reason_at_the_deadline(rise_checker* checker, bool black_first) {
  rise_session_options options;
  CHECK(rise_session_options_default(&options) == RISE_OK);
  options.deadline_ms = 33;
  rise_session* session = nullptr;
  CHECK(rise_session_open(checker, RISE_COLOUR | RISE_DEPTH, &options, &session) == RISE_OK);
  const std::vector<std::uint8_t> black(kWidth * kHeight * 3, 0), grey(kWidth * kHeight * 3, 120);
  const std::vector<std::uint16_t> mm(kWidth * kHeight, 500);
  const rise_image dark = picture_of(RISE_RGB8, kWidth, kHeight, black);
  const rise_image light = picture_of(RISE_RGB8, kWidth, kHeight, grey);
  const rise_image depth = picture_of(RISE_DEPTH_MM_U16, kWidth, kHeight, mm);
  const rise_face face = {{140, 100}, {180, 100}, {160, 140}};
  rise_verdict seen, verdict;
  for (int index = 0; index < 2; ++index) {
    const bool black_now = (index == 0) == black_first;
    const rise_frame frame = {
        sizeof frame, black_now ? &dark : &light, black_now ? &depth : nullptr, nullptr, 0, 0};
    CHECK(rise_session_frame(session, &frame, &face, index * 33.0, &seen, &verdict) == RISE_OK);
    CHECK(seen.reason == (black_now ? RISE_TOO_DARK : RISE_MISSING_MODALITY));
    CHECK(verdict.outcome == RISE_UNDECIDED);
  }
  rise_session_close(session);
  return verdict.reason;
}

// As Python's Counter counts them.
static void of_reasons_that_are_equally_frequent_the_first_is_named() {
  rise_checker* checker = nullptr;
  CHECK(rise_open(RISE_TEST_BUNDLE, RISE_EXECUTORCH, 1, &checker) == RISE_OK);
  CHECK(reason_at_the_deadline(checker, true) == RISE_TOO_DARK);
  CHECK(reason_at_the_deadline(checker, false) == RISE_MISSING_MODALITY);
  rise_close(checker);
}

int main() { of_reasons_that_are_equally_frequent_the_first_is_named(); }

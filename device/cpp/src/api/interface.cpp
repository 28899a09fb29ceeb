// The C interface: arguments are examined here, and no exception passes.
#include <cstdio>
#include <exception>
#include <memory>
#include <new>

#include "api/checker.hpp"
#include "api/sized.hpp"
#include "decision/session.hpp"
#include "decision/session_options.hpp"
#include "failure.hpp"
#include "rise_edge.h"

struct rise_checker : rise::Checker {
  using rise::Checker::Checker;
};

struct rise_session : rise::Session {
  using rise::Session::Session;
};

namespace {

thread_local char last_error[512] = "";

rise_status failed(rise_status status, const char* message) noexcept {
  std::snprintf(last_error, sizeof last_error, "%s", message);
  return status;
}

template <typename Call>
rise_status guarded(Call call) noexcept {
  try {
    call();
    return RISE_OK;
  } catch (const rise::Failure& failure) {
    return failed(failure.status, failure.what());
  } catch (const std::bad_alloc&) {
    return failed(RISE_ERROR_MEMORY, "expected enough memory, there is none left");
  } catch (const std::exception& error) {
    return failed(RISE_ERROR_INTERNAL, error.what());
  } catch (...) {
    return failed(RISE_ERROR_INTERNAL, "something was thrown that says nothing of itself");
  }
}

template <typename... Pointers>
void expect_given(const Pointers*... pointers) {
  const bool missing = ((pointers == nullptr) || ...);
  if (missing) {
    throw rise::Failure(RISE_ERROR_ARGUMENT,
                        "expected no null pointer among the arguments, got one");
  }
}

void expect_threads(std::int32_t threads) {
  if (threads < 1 || threads > 1024) {
    throw rise::Failure(RISE_ERROR_ARGUMENT, "expected 1 to 1024 threads");
  }
}

template <typename Output>
void clear(Output* output) noexcept {
  if (output) *output = Output{};
}

void expect_frame(const rise_frame& frame) {
  rise::expect_size(frame, "rise_frame");
  for (const rise_image* image : {frame.colour, frame.depth, frame.infrared}) {
    if (image) rise::expect_size(*image, "rise_image");
  }
}

void put_verdict(const rise::Verdict& verdict, rise_verdict& output) {
  rise::put({sizeof output, verdict.outcome, verdict.reason, verdict.reading}, output);
}

}  // namespace

const char* rise_version(void) { return RISE_VERSION; }

int32_t rise_abi(void) { return RISE_ABI; }

rise_status rise_open(const char* folder, rise_runtime runtime, int32_t threads,
                      rise_checker** checker) {
  clear(checker);
  return guarded([&] {
    expect_given(folder, checker);
    expect_threads(threads);
    *checker = std::make_unique<rise_checker>(folder, runtime, threads).release();
  });
}

rise_status rise_open_pinned(const char* folder, rise_runtime runtime, int32_t threads,
                             const uint8_t* public_key, int32_t least_version,
                             rise_checker** checker) {
  clear(checker);
  return guarded([&] {
    expect_given(folder, public_key, checker);
    expect_threads(threads);
    if (least_version < 0) {
      throw rise::Failure(RISE_ERROR_ARGUMENT, "expected a least version of 0 or more");
    }
    const rise::Pin pin = {public_key, least_version};
    *checker = std::make_unique<rise_checker>(folder, runtime, threads, &pin).release();
  });
}

void rise_close(rise_checker* checker) { delete checker; }

rise_status rise_get_info(const rise_checker* checker, rise_info* info) {
  rise::clear_sized(info);
  return guarded([&] {
    expect_given(checker, info);
    rise::expect_size(*info, "rise_info");
    rise::put(checker->info(), *info);
  });
}

int32_t rise_has_radius(const rise_checker* checker, uint32_t modalities) {
  return checker && checker->has_radius(modalities);
}

rise_status rise_accept_colour_alone(rise_checker* checker, int32_t accept) {
  return guarded([&] {
    expect_given(checker);
    checker->accept_colour_alone(accept != 0);
  });
}

rise_status rise_read(rise_checker* checker, const rise_crop* crop, rise_reading* reading,
                      float* embedding, int32_t embedding_size) {
  clear(reading);
  return guarded([&] {
    expect_given(checker, crop, reading);
    if (embedding && embedding_size < checker->info().embedding_size) {
      throw rise::Failure(RISE_ERROR_ARGUMENT, "expected room for the whole embedding");
    }
    rise::Embedding found;
    *reading = checker->read(*crop, &found);
    if (embedding) std::copy(found.vector.begin(), found.vector.end(), embedding);
  });
}

rise_status rise_judge(rise_checker* checker, const rise_crop* crop, uint32_t required,
                       rise_verdict* verdict) {
  rise::clear_sized(verdict);
  return guarded([&] {
    expect_given(checker, crop, verdict);
    rise::expect_size(*verdict, "rise_verdict");
    put_verdict(checker->judge(*crop, required), *verdict);
  });
}

rise_status rise_cut(rise_checker* checker, const rise_frame* frame, const rise_face* face,
                     uint32_t required, rise_crop* crop) {
  clear(crop);
  return guarded([&] {
    expect_given(checker, frame, face, crop);
    expect_frame(*frame);
    *crop = checker->cut(*frame, *face, required);
  });
}

rise_status rise_check(rise_checker* checker, const rise_frame* frame, const rise_face* face,
                       uint32_t required, rise_verdict* verdict) {
  rise::clear_sized(verdict);
  return guarded([&] {
    expect_given(checker, frame, face, verdict);
    rise::expect_size(*verdict, "rise_verdict");
    expect_frame(*frame);
    put_verdict(checker->judge(checker->cut(*frame, *face, required), required, face), *verdict);
  });
}

rise_status rise_session_options_default(rise_session_options* options) {
  rise::clear_sized(options);
  return guarded([&] {
    expect_given(options);
    rise::expect_size(*options, "rise_session_options");
    rise::put(rise::default_options(), *options);
  });
}

rise_status rise_session_open(rise_checker* checker, uint32_t required,
                              const rise_session_options* options, rise_session** session) {
  clear(session);
  return guarded([&] {
    expect_given(checker, session);
    rise_session_options limits = rise::default_options();
    if (options) {
      rise::expect_size(*options, "rise_session_options");
      limits = rise::take(*options, limits);
    }
    *session = std::make_unique<rise_session>(*checker, required, limits).release();
  });
}

void rise_session_close(rise_session* session) { delete session; }

rise_status rise_session_frame(rise_session* session, const rise_frame* frame,
                               const rise_face* face, double now_ms, rise_verdict* seen,
                               rise_verdict* verdict) {
  rise::clear_sized(seen);
  rise::clear_sized(verdict);
  return guarded([&] {
    expect_given(session, frame, seen, verdict);
    rise::expect_size(*seen, "rise_verdict");
    rise::expect_size(*verdict, "rise_verdict");
    expect_frame(*frame);
    put_verdict(session->see(*frame, face, now_ms), *seen);
    put_verdict(session->verdict(), *verdict);
  });
}

rise_status rise_selftest(rise_checker* checker, const char* golden, rise_proof* proof) {
  rise::clear_sized(proof);
  return guarded([&] {
    expect_given(checker, proof);
    rise::expect_size(*proof, "rise_proof");
    rise::put(checker->selftest(golden), *proof);
  });
}

const char* rise_last_error(void) { return last_error; }

const char* rise_status_name(rise_status status) {
  switch (status) {
    case RISE_OK:
      return "ok";
    case RISE_ERROR_ARGUMENT:
      return "bad_argument";
    case RISE_ERROR_BUNDLE:
      return "bad_bundle";
    case RISE_ERROR_RUNTIME:
      return "no_runtime";
    case RISE_ERROR_MODALITIES:
      return "no_radius";
    case RISE_ERROR_MEMORY:
      return "out_of_memory";
    case RISE_ERROR_INTERNAL:
      return "internal";
  }
  return "unknown";
}

const char* rise_outcome_name(rise_outcome outcome) {
  return outcome == RISE_LIVE ? "LIVE" : outcome == RISE_SPOOF ? "SPOOF" : "UNDECIDED";
}

const char* rise_reason_name(rise_reason reason) {
  switch (reason) {
    case RISE_NO_REASON:
      return "";
    case RISE_MISSING_MODALITY:
      return "missing_modality";
    case RISE_DEPTH_COVERAGE:
      return "depth_coverage";
    case RISE_TOO_DARK:
      return "too_dark";
    case RISE_TOO_BRIGHT:
      return "too_bright";
    case RISE_INFRARED_SATURATED:
      return "infrared_saturated";
    case RISE_OUT_OF_FRAME:
      return "out_of_frame";
    case RISE_TOO_FAR:
      return "too_far";
    case RISE_BAD_NUMBERS:
      return "bad_numbers";
    case RISE_NO_FACE:
      return "no_face";
    case RISE_FROZEN_STREAM:
      return "frozen_stream";
    case RISE_UNSTEADY:
      return "unsteady";
    case RISE_FACE_CHANGED:
      return "face_changed";
    case RISE_FACE_LEFT:
      return "face_left";
    case RISE_INCONSISTENT:
      return "inconsistent";
    case RISE_TURNED:
      return "turned";
    case RISE_LOCKED_OUT:
      return "locked_out";
    case RISE_TIME_OUT:
      return "time_out";
    case RISE_UNFINISHED:
      return "unfinished";
    case RISE_COLOUR_ALONE:
      return "colour_alone";
  }
  return "unknown";
}

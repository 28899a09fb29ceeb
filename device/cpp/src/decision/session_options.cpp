#include "decision/session_options.hpp"

#include <cstdio>

#include "failure.hpp"

namespace rise {
namespace {

// NaN is in no range.
void expect_in_range(bool holds, const char* expected, double got) {
  if (holds) return;
  char message[128];
  std::snprintf(message, sizeof message, "expected %s, got %g", expected, got);
  throw Failure(RISE_ERROR_ARGUMENT, message);
}

bool is_rate(double value) { return value > 0 && value < 0.5; }

}  // namespace

rise_session_options default_options() {
  rise_session_options options;
  options.min_readings = 8;
  options.agreement = 0.8;
  options.deadline_ms = 3000;
  options.absent_ms = 300;
  options.retry_ms = 1000;
  options.max_step = 0.6;
  options.max_growth = 1.5;
  options.false_live = 1e-4;
  options.false_spoof = 1e-2;
  options.delta = 0.2;
  options.lockout_spoofs = 0;
  options.lockout_window_ms = 60000;
  options.lockout_ms = 30000;
  return options;
}

rise_session_options expect_options(const rise_session_options& given) {
  expect_in_range(given.min_readings >= 1, "min_readings >= 1", given.min_readings);
  expect_in_range(given.agreement > 0.5 && given.agreement <= 1, "agreement in (0.5, 1]",
                  given.agreement);
  expect_in_range(given.deadline_ms > 0, "deadline_ms > 0", given.deadline_ms);
  expect_in_range(given.absent_ms > 0, "absent_ms > 0", given.absent_ms);
  expect_in_range(given.retry_ms > 0, "retry_ms > 0", given.retry_ms);
  expect_in_range(given.max_step > 0, "max_step > 0", given.max_step);
  expect_in_range(given.max_growth > 1, "max_growth > 1", given.max_growth);
  expect_in_range(is_rate(given.false_live), "false_live in (0, 0.5)", given.false_live);
  expect_in_range(is_rate(given.false_spoof), "false_spoof in (0, 0.5)", given.false_spoof);
  expect_in_range(is_rate(given.delta), "delta in (0, 0.5)", given.delta);
  expect_in_range(given.lockout_spoofs >= 0, "lockout_spoofs >= 0", given.lockout_spoofs);
  expect_in_range(given.lockout_window_ms > 0, "lockout_window_ms > 0", given.lockout_window_ms);
  expect_in_range(given.lockout_ms > 0, "lockout_ms > 0", given.lockout_ms);
  return given;
}

}  // namespace rise

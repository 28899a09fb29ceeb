#include "decision/session.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "failure.hpp"

namespace rise {
namespace {

constexpr std::size_t kMinReadings = 8;
constexpr double kAgreement = 0.8;
constexpr double kDeadlineMs = 3000, kAbsentMs = 300, kRetryMs = 1000;
constexpr double kMaxStep = 0.6, kMaxGrowth = 1.5;
constexpr double kForever = std::numeric_limits<double>::infinity();
constexpr rise_verdict kUnfinished = {RISE_UNDECIDED, RISE_UNFINISHED, {}};

rise_verdict undecided(rise_reason reason, const rise_reading& reading = {}) {
  return {RISE_UNDECIDED, reason, reading};
}

bool finished(const rise_verdict& verdict) { return verdict.reason != RISE_UNFINISHED; }

bool jumped(const Square& before, const Square& now) {
  const double wide = std::max(width(before), width(now)),
               narrow = std::min(width(before), width(now));
  return !(step(before, now) <= kMaxStep * wide) || wide > kMaxGrowth * narrow;
}

// The reading of median norm, the longer of the middle two: doubt counts against.
rise_reading median(std::vector<rise_reading> readings) {
  const auto middle = readings.begin() + static_cast<std::ptrdiff_t>(readings.size() / 2);
  std::nth_element(readings.begin(), middle, readings.end(),
                   [](const rise_reading& a, const rise_reading& b) { return a.norm < b.norm; });
  return *middle;
}

}  // namespace

Session::Session(Checker& checker, std::uint32_t required)
    : checker_(checker),
      required_(checker.expect_required(required)),
      scatter_(checker.scatter(required)),
      continuity_(kAbsentMs),
      last_face_ms_(-kForever),
      last_ms_(-kForever),
      verdict_(kUnfinished) {}

rise_verdict Session::see(const rise_frame& frame, const rise_face* face, double now_ms) {
  verdict_ = kUnfinished;
  if (!(now_ms >= last_ms_) || now_ms == kForever) {
    throw Failure(RISE_ERROR_ARGUMENT, "expected a time from " + std::to_string(last_ms_) +
                                           " ms on, got " + std::to_string(now_ms) + " ms");
  }
  last_ms_ = now_ms;
  Observation seen = observe(frame, face);
  seen.verdict = continuity_.follow(seen, now_ms);
  verdict_ = update(seen, now_ms);
  return seen.verdict;
}

Observation Session::observe(const rise_frame& frame, const rise_face* face) {
  Observation seen;
  if (streams_.repeat(frame, required_)) {
    seen.verdict = undecided(RISE_FROZEN_STREAM);
  } else if (!face) {
    seen.verdict = undecided(RISE_NO_FACE);
  } else {
    const rise_crop crop = checker_.cut(frame, *face, required_);
    seen.verdict = checker_.judge(crop, required_, face);
    seen.face = face_square(*face);
    seen.looks = looks_of(checker_.last_cut().colour, crop.size);
  }
  return seen;
}

rise_verdict Session::update(const Observation& seen, double now_ms) {
  // Without frames nobody knows who stood there: a gap is an absence, whoever is there now.
  const bool absent = now_ms - last_face_ms_ >= kAbsentMs;
  if (seen.verdict.reason != RISE_NO_FACE) last_face_ms_ = now_ms;
  if (absent && open_) return close(lost_sight(seen), now_ms);
  if (!open_) {
    if (absent || !resting_until_ms_ || now_ms >= *resting_until_ms_) resting_until_ms_.reset();
    if (resting_until_ms_ || !seen.face) return kUnfinished;
    open_.emplace(scatter_, now_ms);
  }
  const rise_verdict verdict = add(seen, now_ms);
  return finished(verdict) ? close(verdict, now_ms) : verdict;
}

rise_verdict Session::add(const Observation& seen, double now_ms) {
  if (seen.verdict.reason != RISE_NO_REASON)
    ++open_->faults[static_cast<std::size_t>(seen.verdict.reason)];
  if (now_ms - open_->face_ms >= kAbsentMs) return lost_sight(seen);
  if (changed(seen) && !open_->readings.empty()) return undecided(RISE_FACE_CHANGED);
  if (seen.face) open_->face = seen.face, open_->face_ms = now_ms;
  if (seen.verdict.reason == RISE_COLOUR_ALONE) return seen.verdict;  // no later frame tells more
  if (seen.verdict.reason == RISE_NO_REASON) {
    const rise_reading& reading = seen.verdict.reading;
    open_->readings.push_back(reading);
    open_->test.add(reading.margin, now_ms);
    const rise_verdict verdict = decided();
    if (finished(verdict)) return verdict;
  }
  return now_ms - open_->start_ms >= kDeadlineMs ? given_up() : kUnfinished;
}

bool Session::changed(const Observation& seen) const {
  if (seen.verdict.reason == RISE_FACE_CHANGED) return true;
  return seen.face && open_->face && jumped(*open_->face, *seen.face);
}

rise_verdict Session::close(const rise_verdict& verdict, double now_ms) {
  open_.reset();
  // A decided person is not judged again before leaving; who took another's place was not judged
  // yet.
  const double retry_ms = verdict.reason == RISE_FACE_CHANGED ? 0 : kRetryMs;
  const bool decided = verdict.outcome != RISE_UNDECIDED || verdict.reason == RISE_COLOUR_ALONE;
  resting_until_ms_ = decided ? kForever : now_ms + retry_ms;
  return verdict;
}

rise_verdict Session::lost_sight(const Observation& seen) const {
  const rise_reason reason = seen.verdict.reason;
  const bool left = reason == RISE_NO_REASON || reason == RISE_NO_FACE || seen.face;
  return undecided(left ? RISE_FACE_LEFT : reason);
}

// LIVE or SPOOF, where the test, the readings' number and their median all say so.
rise_verdict Session::decided() const {
  const auto& readings = open_->readings;
  if (readings.size() < kMinReadings) return kUnfinished;
  const rise_reading middle = median(readings);
  const auto inside = static_cast<double>(std::count_if(
      readings.begin(), readings.end(), [](const rise_reading& one) { return one.margin >= 0; }));
  if (middle.margin >= 0) {
    const bool certain =
        open_->test.inside() && inside >= kAgreement * static_cast<double>(readings.size());
    return certain ? rise_verdict{RISE_LIVE, RISE_NO_REASON, middle} : kUnfinished;
  }
  return open_->test.outside() ? rise_verdict{RISE_SPOOF, RISE_NO_REASON, middle} : kUnfinished;
}

rise_verdict Session::given_up() const {
  if (open_->readings.size() >= kMinReadings) {
    return undecided(RISE_INCONSISTENT, median(open_->readings));
  }
  const auto usual = std::max_element(open_->faults.begin(), open_->faults.end());
  return undecided(*usual > 0 ? static_cast<rise_reason>(usual - open_->faults.begin())
                              : RISE_TIME_OUT);
}

}  // namespace rise

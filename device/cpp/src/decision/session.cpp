#include "decision/session.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "decision/session_options.hpp"
#include "failure.hpp"

namespace rise {
namespace {

constexpr double kForever = std::numeric_limits<double>::infinity();
constexpr Verdict kUnfinished = {RISE_UNDECIDED, RISE_UNFINISHED, {}};

Verdict undecided(rise_reason reason, const rise_reading& reading = {}) {
  return {RISE_UNDECIDED, reason, reading};
}

bool finished(const Verdict& verdict) { return verdict.reason != RISE_UNFINISHED; }

// The reading of median norm, the longer of the middle two: doubt counts against.
rise_reading median(std::vector<rise_reading> readings) {
  const auto middle = readings.begin() + static_cast<std::ptrdiff_t>(readings.size() / 2);
  std::nth_element(readings.begin(), middle, readings.end(),
                   [](const rise_reading& a, const rise_reading& b) { return a.norm < b.norm; });
  return *middle;
}

}  // namespace

void Session::Presentation::count(rise_reason fault) {
  const auto known = std::find_if(faults.begin(), faults.end(),
                                  [fault](const auto& one) { return one.first == fault; });
  if (known == faults.end()) {
    faults.emplace_back(fault, 1);
  } else {
    ++known->second;
  }
}

rise_reason Session::Presentation::usual_fault() const {
  const auto usual =
      std::max_element(faults.begin(), faults.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  return usual == faults.end() ? RISE_TIME_OUT : usual->first;
}

Session::Session(Checker& checker, std::uint32_t required, const rise_session_options& options)
    : checker_(checker),
      required_(checker.expect_required(required)),
      options_(expect_options(options)),
      scatter_(checker.scatter(required)),
      continuity_(options.absent_ms),
      lockout_(options),
      last_face_ms_(-kForever),
      last_ms_(-kForever),
      verdict_(kUnfinished) {}

Verdict Session::see(const rise_frame& frame, const rise_face* face, double now_ms) {
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

Verdict Session::update(const Observation& seen, double now_ms) {
  // Without frames nobody knows who stood there: a gap is an absence, whoever is there now.
  const bool absent = now_ms - last_face_ms_ >= options_.absent_ms;
  if (seen.verdict.reason != RISE_NO_FACE) last_face_ms_ = now_ms;
  if (absent && open_) return close(lost_sight(seen), now_ms);
  if (!open_) {
    if (absent || !resting_until_ms_ || now_ms >= *resting_until_ms_) resting_until_ms_.reset();
    if (resting_until_ms_ || !seen.face) return kUnfinished;
    open_.emplace(SequentialTest(options_, scatter_), now_ms);
    if (lockout_.left_ms(now_ms) > 0) return close(undecided(RISE_LOCKED_OUT), now_ms);
  }
  const Verdict verdict = add(seen, now_ms);
  return finished(verdict) ? close(verdict, now_ms) : verdict;
}

Verdict Session::add(const Observation& seen, double now_ms) {
  if (seen.verdict.reason != RISE_NO_REASON) open_->count(seen.verdict.reason);
  if (now_ms - open_->face_ms >= options_.absent_ms) return lost_sight(seen);
  if (changed(seen) && !open_->readings.empty()) return undecided(RISE_FACE_CHANGED);
  if (seen.face) open_->face = seen.face, open_->face_ms = now_ms;
  if (seen.verdict.reason == RISE_COLOUR_ALONE) return seen.verdict;  // no later frame tells more
  if (seen.verdict.reason == RISE_NO_REASON) {
    const rise_reading& reading = seen.verdict.reading;
    open_->readings.push_back(reading);
    open_->test.add(reading.margin, now_ms);
    const Verdict verdict = decided();
    if (finished(verdict)) return verdict;
  }
  return now_ms - open_->start_ms >= options_.deadline_ms ? given_up() : kUnfinished;
}

bool Session::changed(const Observation& seen) const {
  if (seen.verdict.reason == RISE_FACE_CHANGED) return true;
  return seen.face && open_->face && jumped(*open_->face, *seen.face);
}

bool Session::jumped(const Square& before, const Square& now) const {
  const double wide = std::max(width(before), width(now)),
               narrow = std::min(width(before), width(now));
  return !(step(before, now) <= options_.max_step * wide) || wide > options_.max_growth * narrow;
}

Verdict Session::close(const Verdict& verdict, double now_ms) {
  open_.reset();
  if (verdict.outcome == RISE_SPOOF) lockout_.spoof(now_ms);
  // A decided person is not judged again before leaving; who took another's place was not judged
  // yet.
  const double retry_ms = verdict.reason == RISE_FACE_CHANGED ? 0 : options_.retry_ms;
  const double pause_ms = std::max(retry_ms, lockout_.left_ms(now_ms));
  const bool decided = verdict.outcome != RISE_UNDECIDED || verdict.reason == RISE_COLOUR_ALONE;
  resting_until_ms_ = decided ? kForever : now_ms + pause_ms;
  return verdict;
}

Verdict Session::lost_sight(const Observation& seen) const {
  const rise_reason reason = seen.verdict.reason;
  const bool left = reason == RISE_NO_REASON || reason == RISE_NO_FACE || seen.face;
  return undecided(left ? RISE_FACE_LEFT : reason);
}

bool Session::enough_readings() const {
  return open_->readings.size() >= static_cast<std::size_t>(options_.min_readings);
}

// LIVE or SPOOF, where the test, the readings' number and their median all say so.
Verdict Session::decided() const {
  const auto& readings = open_->readings;
  if (!enough_readings()) return kUnfinished;
  const rise_reading middle = median(readings);
  const auto inside = static_cast<double>(std::count_if(
      readings.begin(), readings.end(), [](const rise_reading& one) { return one.margin >= 0; }));
  if (middle.margin >= 0) {
    const double share = inside / static_cast<double>(readings.size());
    const bool certain = open_->test.inside() && share >= options_.agreement;
    return certain ? Verdict{RISE_LIVE, RISE_NO_REASON, middle} : kUnfinished;
  }
  return open_->test.outside() ? Verdict{RISE_SPOOF, RISE_NO_REASON, middle} : kUnfinished;
}

Verdict Session::given_up() const {
  if (enough_readings()) return undecided(RISE_INCONSISTENT, median(open_->readings));
  return undecided(open_->usual_fault());
}

}  // namespace rise

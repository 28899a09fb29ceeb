#include "checks/continuity.hpp"

#include <cmath>
#include <numeric>

#include "crop/resize.hpp"

namespace rise {
namespace {

constexpr int kSidePx = 14;
constexpr double kFlat = 9, kLikeness = 0.9, kStill = 0.1;
constexpr double kWidthInSides = 0.7;  // what BlazeFace's box measures of a face's square

double mean(const std::vector<float>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double deviation(const std::vector<float>& centred) {
  double squares = 0;
  for (const float value : centred) squares += static_cast<double>(value) * value;
  return std::sqrt(squares / static_cast<double>(centred.size()));
}

Verdict denied(const Verdict& verdict, rise_reason reason) {
  return {RISE_UNDECIDED, reason, verdict.reading};
}

}  // namespace

double width(const Square& face) { return kWidthInSides * face.side; }

double step(const Square& from, const Square& to) {
  return std::hypot(to.cx - from.cx, to.cy - from.cy);
}

std::vector<float> looks_of(const std::vector<std::uint8_t>& colour, int size) {
  const auto small = resize_smooth(colour, 3, size, kSidePx);
  std::vector<float> looks(small.begin(), small.end());
  const double middle = mean(looks);
  for (float& value : looks) value -= static_cast<float>(middle);
  return looks;
}

double likeness(const std::vector<float>& first, const std::vector<float>& second) {
  double product = 0;
  for (std::size_t i = 0; i < first.size(); ++i)
    product += static_cast<double>(first[i]) * second[i];
  return (product / static_cast<double>(first.size()) + kFlat) /
         (deviation(first) * deviation(second) + kFlat);
}

Verdict Continuity::follow(const Observation& seen, double now_ms) {
  if (!seen.face) return seen.verdict;
  if (last_ && now_ms - last_->ms >= absent_ms_) {
    last_.reset();
    follows_ = counted_ = false;
  }
  compare(seen);
  last_ = Last{*seen.face, seen.looks, now_ms};
  if (follows_) {
    counted_ = counted_ || seen.verdict.reason == RISE_NO_REASON;
    return seen.verdict;
  }
  const bool changed = counted_;
  counted_ = false;
  if (changed) return denied(seen.verdict, RISE_FACE_CHANGED);
  return seen.verdict.reason == RISE_NO_REASON ? denied(seen.verdict, RISE_UNSTEADY) : seen.verdict;
}

void Continuity::compare(const Observation& seen) {
  if (!last_) return;
  const bool alike = likeness(last_->looks, seen.looks) >= kLikeness;
  const bool still = step(last_->face, *seen.face) <= kStill * width(last_->face);
  follows_ = alike && (follows_ || still);
}

}  // namespace rise

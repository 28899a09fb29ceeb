#include "decision/sequential.hpp"

#include <algorithm>
#include <cmath>

namespace rise {
namespace {

constexpr double kExtreme = 0.5;  // relative margins beyond it count as much

}  // namespace

void SequentialTest::add(double relative_margin, double now_ms) {
  const double margin = std::clamp(relative_margin, -kExtreme, kExtreme);
  const double scale = 2 * options_.delta / (scatter_.std * scatter_.std);
  if (last_) {
    const double rho = std::exp(-(now_ms - last_->ms) / scatter_.correlation_ms);
    log_ratio_ += scale * (margin - rho * last_->margin) / (1 + rho);
  } else {
    log_ratio_ = scale * margin;
  }
  last_ = Last{margin, now_ms};
}

bool SequentialTest::inside() const {
  return log_ratio_ >= std::log((1 - options_.false_spoof) / options_.false_live);
}

bool SequentialTest::outside() const {
  return log_ratio_ <= std::log(options_.false_spoof / (1 - options_.false_live));
}

}  // namespace rise

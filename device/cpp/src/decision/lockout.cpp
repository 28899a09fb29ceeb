#include "decision/lockout.hpp"

#include <algorithm>

namespace rise {

void Lockout::spoof(double now_ms) {
  if (options_.lockout_spoofs == 0) return;
  const auto most = static_cast<std::size_t>(options_.lockout_spoofs);
  spoofs_ms_.push_back(now_ms);
  if (spoofs_ms_.size() > most) spoofs_ms_.pop_front();
  if (spoofs_ms_.size() == most && now_ms - spoofs_ms_.front() <= options_.lockout_window_ms) {
    until_ms_ = now_ms + options_.lockout_ms;
    spoofs_ms_.clear();
  }
}

double Lockout::left_ms(double now_ms) const { return std::max(0.0, until_ms_ - now_ms); }

}  // namespace rise

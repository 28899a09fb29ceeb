// Lock-out: after repeated SPOOF nobody is judged for a while.
#pragma once

#include <deque>
#include <limits>

#include "rise_edge.h"

namespace rise {

// Counts SPOOF sessions; see Python's `rise_edge.decision.lockout`.
class Lockout {
 public:
  explicit Lockout(const rise_session_options& options) : options_(options) {}

  // A session ended SPOOF.
  void spoof(double now_ms);

  // How long nobody is judged from now on; 0 when it is open.
  double left_ms(double now_ms) const;

 private:
  rise_session_options options_;
  std::deque<double> spoofs_ms_;
  double until_ms_ = -std::numeric_limits<double>::infinity();
};

}  // namespace rise

// Sequential test: how sure a presentation's readings make it that its face lies inside the sphere.
#pragma once

#include <optional>

#include "bundle/manifest.hpp"
#include "rise_edge.h"

namespace rise {

// See Python's `rise_edge.decision.sequential_test`, which derives it: Wald's test on relative margins that
// scatter as a stationary Gaussian process.
class SequentialTest {
 public:
  SequentialTest(const rise_session_options& options, MarginScatter scatter)
      : options_(options), scatter_(scatter) {}

  // Takes 1 - norm / radius, read at a time that is never before the last one.
  void add(double relative_margin, double now_ms);

  bool inside() const;
  bool outside() const;

 private:
  struct Last {
    double margin, ms;
  };

  rise_session_options options_;
  MarginScatter scatter_;
  double log_ratio_ = 0;
  std::optional<Last> last_;
};

}  // namespace rise

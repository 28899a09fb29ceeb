// Sequential test: how sure a presentation's readings make it that its face lies inside the sphere.
#pragma once

#include <optional>

#include "bundle/manifest.hpp"

namespace rise {

// See Python's `rise_edge.decision.sequential_test`, which derives it: Wald's test on relative margins that
// scatter as a stationary Gaussian process. The rates asked for are that module's defaults.
class SequentialTest {
 public:
  explicit SequentialTest(MarginScatter scatter) : scatter_(scatter) {}

  // Takes 1 - norm / radius, read at a time that is never before the last one.
  void add(double relative_margin, double now_ms);

  bool inside() const;
  bool outside() const;

 private:
  struct Last {
    double margin, ms;
  };

  MarginScatter scatter_;
  double log_ratio_ = 0;
  std::optional<Last> last_;
};

}  // namespace rise

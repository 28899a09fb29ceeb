// Session: from the frames of one person's presentation to one verdict.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "api/checker.hpp"
#include "checks/continuity.hpp"
#include "checks/streams.hpp"
#include "decision/sequential.hpp"

namespace rise {

// Follows one camera as Python's `rise_edge.frame_pipeline` and `rise_edge.decision.session` do, with their
// limits. It does not lock after repeated SPOOF, and looks at no clock but its caller's.
class Session {
 public:
  // Throws Failure, as every function here does.
  Session(Checker& checker, std::uint32_t required);

  // What the frame shows by itself; `face` may be null.
  rise_verdict see(const rise_frame& frame, const rise_face* face, double now_ms);

  // What the session says after the frame that was seen last.
  rise_verdict verdict() const { return verdict_; }

 private:
  // The evidence of one presentation.
  struct Presentation {
    explicit Presentation(MarginScatter scatter, double now_ms)
        : start_ms(now_ms), face_ms(now_ms), test(scatter) {}

    double start_ms, face_ms;
    std::optional<Square> face;
    std::vector<rise_reading> readings;
    SequentialTest test;
    std::array<int, RISE_TURNED + 1> faults{};  // by reason
  };

  Observation observe(const rise_frame& frame, const rise_face* face);
  rise_verdict update(const Observation& seen, double now_ms);
  rise_verdict add(const Observation& seen, double now_ms);
  rise_verdict close(const rise_verdict& verdict, double now_ms);
  rise_verdict lost_sight(const Observation& seen) const;
  rise_verdict decided() const;
  rise_verdict given_up() const;
  bool changed(const Observation& seen) const;

  Checker& checker_;
  std::uint32_t required_;
  MarginScatter scatter_;
  Streams streams_;
  Continuity continuity_;
  std::optional<Presentation> open_;
  std::optional<double> resting_until_ms_;
  double last_face_ms_, last_ms_;
  rise_verdict verdict_;
};

}  // namespace rise

// Session: from the frames of one person's presentation to one verdict.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "api/checker.hpp"
#include "checks/continuity.hpp"
#include "checks/streams.hpp"
#include "decision/lockout.hpp"
#include "decision/sequential.hpp"

namespace rise {

// Follows one camera as Python's `rise_edge.frame_pipeline` and `rise_edge.decision.session` do. It looks
// at no clock but its caller's.
class Session {
 public:
  // Throws Failure, as every function here does.
  Session(Checker& checker, std::uint32_t required, const rise_session_options& options);

  // What the frame shows by itself; `face` may be null.
  Verdict see(const rise_frame& frame, const rise_face* face, double now_ms);

  // What the session says after the frame that was seen last.
  Verdict verdict() const { return verdict_; }

 private:
  // The evidence of one presentation.
  struct Presentation {
    Presentation(SequentialTest test, double now_ms)
        : start_ms(now_ms), face_ms(now_ms), test(test) {}

    void count(rise_reason fault);
    rise_reason usual_fault() const;  // RISE_TIME_OUT where there was none

    double start_ms, face_ms;
    std::optional<Square> face;
    std::vector<rise_reading> readings;
    SequentialTest test;
    std::vector<std::pair<rise_reason, int>> faults;  // how often each, in the order they came
  };

  Observation observe(const rise_frame& frame, const rise_face* face);
  Verdict update(const Observation& seen, double now_ms);
  Verdict add(const Observation& seen, double now_ms);
  Verdict close(const Verdict& verdict, double now_ms);
  Verdict lost_sight(const Observation& seen) const;
  Verdict decided() const;
  Verdict given_up() const;
  bool enough_readings() const;
  bool changed(const Observation& seen) const;
  bool jumped(const Square& before, const Square& now) const;

  Checker& checker_;
  std::uint32_t required_;
  rise_session_options options_;
  MarginScatter scatter_;
  Streams streams_;
  Continuity continuity_;
  Lockout lockout_;
  std::optional<Presentation> open_;
  std::optional<double> resting_until_ms_;
  double last_face_ms_, last_ms_;
  Verdict verdict_;
};

}  // namespace rise

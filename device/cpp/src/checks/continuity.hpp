// Continuity: whether this frame can show the person whom the frames before it showed.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "decision/verdict.hpp"
#include "registration/viewpoint.hpp"
#include "rise_edge.h"

namespace rise {

// What a frame shows: a verdict by itself, and the face that was judged, if there was one to judge.
struct Observation {
  Verdict verdict{};
  std::optional<Square> face;
  std::vector<float> looks;  // of the head in colour; empty without a face
};

// Width of a face, of which a session counts its steps.
double width(const Square& face);
double step(const Square& from, const Square& to);

// A head in colour, so coarse that what moves in a face between two frames is smaller than a pixel.
std::vector<float> looks_of(const std::vector<std::uint8_t>& colour, int size);

// Correlation of two heads: see Python's `rise_edge.face.likeness`.
double likeness(const std::vector<float>& first, const std::vector<float>& second);

// Follows one face by its looks; see Python's `rise_edge.checks.continuity`, whose limits these are.
class Continuity {
 public:
  explicit Continuity(double absent_ms) : absent_ms_(absent_ms) {}

  // The verdict as a session may count it.
  Verdict follow(const Observation& seen, double now_ms);

 private:
  struct Last {
    Square face;
    std::vector<float> looks;
    double ms;
  };

  void compare(const Observation& seen);

  double absent_ms_;
  std::optional<Last> last_;
  bool follows_ = false, counted_ = false;
};

}  // namespace rise

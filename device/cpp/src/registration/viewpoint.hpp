// Viewpoint: where a picture was taken from, and squares and points carried from one to another.
#pragma once

#include <algorithm>
#include <array>

#include "crop/orient.hpp"
#include "rise_edge.h"

namespace rise {

// A square in pixels of one picture: its centre and the length of its side.
struct Square {
  double cx, cy, side;
};

using Vector = std::array<double, 3>;

constexpr double kNearestMm = 1e-3;  // what is behind a camera is not divided by

class Viewpoint {
 public:
  // Throws Failure unless its numbers are those of a camera: within limits that no lens and no
  // mount reaches, so that whatever is worked out from them stays finite.
  explicit Viewpoint(const rise_viewpoint& given);

  // Where a point of the depth camera's coordinates, in millimetres, is seen.
  Point project(const Vector& point) const;

  // The point of the depth camera's coordinates that is seen there, z_mm away along the axis.
  Vector point(double u, double v, double z_mm) const;

  // How far away a point of the depth camera's coordinates is, along the axis.
  double z_mm(const Vector& point) const;

  // How far a face with this square is, if it is an adult's.
  double face_mm(const Square& square) const;

  // Whether both see along the same rays, so that no parallax lies between them.
  bool shares_rays_with(const Viewpoint& other) const;

  const rise_viewpoint& numbers() const { return given_; }

 private:
  rise_viewpoint given_;
};

// Carries points of one picture into another, as `to.project(from.point(u, v, z_mm))` does; what
// is the same for all points is worked out once.
class Crossing {
 public:
  Crossing(const Viewpoint& from, const Viewpoint& to);

  Point operator()(double u, double v, double z_mm) const {
    const double x = (u - from_.cx) * across_, y = (v - from_.cy) * down_;
    const double depth = std::max((r_[6] * x + r_[7] * y + r_[8]) * z_mm + t_[2], kNearestMm);
    const double right = (r_[0] * x + r_[1] * y + r_[2]) * z_mm + t_[0];
    const double below = (r_[3] * x + r_[4] * y + r_[5]) * z_mm + t_[1];
    const double share = 1 / depth;
    return {right * share * to_.fx + to_.cx, below * share * to_.fy + to_.cy};
  }

 private:
  rise_viewpoint from_, to_;
  double across_, down_;
  std::array<double, 9> r_;
  Vector t_;
};

// A square at a distance from its own viewpoint, as another viewpoint sees it.
Square moved(const Square& square, const Viewpoint& from, const Viewpoint& to, double z_mm);

}  // namespace rise

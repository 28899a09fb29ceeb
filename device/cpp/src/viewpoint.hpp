// Viewpoint: where a picture was taken from, and squares and points carried from one to another.
#pragma once

#include <array>

#include "orient.hpp"
#include "rise_edge.h"

namespace rise {

// A square in pixels of one picture: its centre and the length of its side.
struct Square {
  double cx, cy, side;
};

using Vector = std::array<double, 3>;

class Viewpoint {
 public:
  // Throws Failure unless its numbers are finite and its focal lengths positive.
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

  double fx() const { return given_.fx; }

 private:
  rise_viewpoint given_;
};

// A square at a distance from its own viewpoint, as another viewpoint sees it.
Square moved(const Square& square, const Viewpoint& from, const Viewpoint& to, double z_mm);

}  // namespace rise

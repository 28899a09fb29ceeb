#include "viewpoint.hpp"

#include <algorithm>
#include <cmath>

#include "failure.hpp"

namespace rise {
namespace {

constexpr double kAdultSideMm = 210;  // the side of a face's square on an adult
constexpr double kNearestMm = 1e-3;   // what is behind a camera is not divided by

bool close(double a, double b, double tolerance) {
  return std::abs(a - b) <= tolerance + 1e-5 * std::abs(b);
}

}  // namespace

Viewpoint::Viewpoint(const rise_viewpoint& given) : given_(given) {
  double* r = given_.rotation;
  if (std::all_of(r, r + 9, [](double value) { return value == 0; })) r[0] = r[4] = r[8] = 1;
  bool finite = given_.fx > 0 && given_.fy > 0 && std::isfinite(given_.fx + given_.fy) &&
                std::isfinite(given_.cx + given_.cy);
  for (const double value : given_.rotation) finite = finite && std::abs(value) <= 1.001;
  for (const double value : given_.translation_mm) finite = finite && std::abs(value) <= 1e5;
  if (!finite) {
    throw Failure(RISE_ERROR_ARGUMENT,
                  "expected a viewpoint of positive focal lengths in pixels, a rotation and a "
                  "translation in millimetres, got numbers that are none");
  }
}

double Viewpoint::z_mm(const Vector& p) const {
  const double* r = given_.rotation;
  return r[6] * p[0] + r[7] * p[1] + r[8] * p[2] + given_.translation_mm[2];
}

Point Viewpoint::project(const Vector& p) const {
  const double* r = given_.rotation;
  const double* t = given_.translation_mm;
  const double z = std::max(z_mm(p), kNearestMm);
  const double x = r[0] * p[0] + r[1] * p[1] + r[2] * p[2] + t[0];
  const double y = r[3] * p[0] + r[4] * p[1] + r[5] * p[2] + t[1];
  return {x / z * given_.fx + given_.cx, y / z * given_.fy + given_.cy};
}

Vector Viewpoint::point(double u, double v, double z_mm) const {
  const double* r = given_.rotation;
  const double* t = given_.translation_mm;
  const double x = (u - given_.cx) / given_.fx * z_mm - t[0];
  const double y = (v - given_.cy) / given_.fy * z_mm - t[1];
  const double z = z_mm - t[2];
  return {r[0] * x + r[3] * y + r[6] * z, r[1] * x + r[4] * y + r[7] * z,
          r[2] * x + r[5] * y + r[8] * z};
}

double Viewpoint::face_mm(const Square& square) const {
  return given_.fx * kAdultSideMm / std::max(square.side, 1e-6);
}

bool Viewpoint::shares_rays_with(const Viewpoint& other) const {
  for (int i = 0; i < 9; ++i) {
    if (!close(given_.rotation[i], other.given_.rotation[i], 1e-5)) return false;
  }
  for (int i = 0; i < 3; ++i) {
    if (!close(given_.translation_mm[i], other.given_.translation_mm[i], 1e-2)) return false;
  }
  return true;
}

Square moved(const Square& square, const Viewpoint& from, const Viewpoint& to, double z_mm) {
  const Vector centre = from.point(square.cx, square.cy, z_mm);
  const Point seen = to.project(centre);
  const double scale = to.fx() / from.fx() * (z_mm / std::max(to.z_mm(centre), 1.0));
  return {seen.x, seen.y, square.side * scale};
}

}  // namespace rise

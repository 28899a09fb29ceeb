#include "registration/viewpoint.hpp"

#include <algorithm>
#include <cmath>

#include "failure.hpp"

namespace rise {
namespace {

constexpr double kAdultSideMm = 210;  // the side of a face's square on an adult
constexpr double kMinFocalPx = 1, kMaxPx = 1e6, kMaxMm = 1e5;

bool close(double a, double b, double tolerance) {
  return std::abs(a - b) <= tolerance + 1e-5 * std::abs(b);
}

// False for NaN too.
bool within(double value, double least, double most) { return value >= least && value <= most; }

// Whether the rows are of length one and stand upright on each other, as calibrations give them.
bool is_rotation(const double* r) {
  for (int i = 0; i < 3; ++i) {
    for (int j = i; j < 3; ++j) {
      const double *a = r + 3 * i, *b = r + 3 * j;
      const double product = a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
      if (!within(product - (i == j), -1e-2, 1e-2)) return false;
    }
  }
  return true;
}

}  // namespace

Viewpoint::Viewpoint(const rise_viewpoint& given) : given_(given) {
  double* r = given_.rotation;
  if (std::all_of(r, r + 9, [](double value) { return value == 0; })) r[0] = r[4] = r[8] = 1;
  bool sound = within(given_.fx, kMinFocalPx, kMaxPx) && within(given_.fy, kMinFocalPx, kMaxPx) &&
               within(given_.cx, -kMaxPx, kMaxPx) && within(given_.cy, -kMaxPx, kMaxPx) &&
               is_rotation(given_.rotation);
  for (const double value : given_.translation_mm) sound = sound && within(value, -kMaxMm, kMaxMm);
  if (!sound) {
    throw Failure(RISE_ERROR_ARGUMENT,
                  "expected a viewpoint of positive focal lengths in pixels, a rotation matrix and "
                  "a translation in millimetres, got numbers that are none");
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

Crossing::Crossing(const Viewpoint& from, const Viewpoint& to)
    : from_(from.numbers()), to_(to.numbers()), across_(1 / from_.fx), down_(1 / from_.fy), r_{} {
  const double *a = from_.rotation, *b = to_.rotation;
  for (int i = 0; i < 3; ++i) {
    t_[i] = to_.translation_mm[i];
    for (int j = 0; j < 3; ++j) {
      for (int k = 0; k < 3; ++k) r_[3 * i + j] += b[3 * i + k] * a[3 * j + k];
      t_[i] -= r_[3 * i + j] * from_.translation_mm[j];
    }
  }
}

Square moved(const Square& square, const Viewpoint& from, const Viewpoint& to, double z_mm) {
  const Vector centre = from.point(square.cx, square.cy, z_mm);
  const Point seen = to.project(centre);
  const double scale =
      to.numbers().fx / from.numbers().fx * (z_mm / std::max(to.z_mm(centre), 1.0));
  return {seen.x, seen.y, square.side * scale};
}

}  // namespace rise

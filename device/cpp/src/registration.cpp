#include "registration.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "depth.hpp"
#include "failure.hpp"
#include "orient.hpp"
#include "pixels.hpp"
#include "resize.hpp"
#include "viewpoint.hpp"

namespace rise {
namespace {

constexpr int kSupersample = 2, kDepthStride = 4;
constexpr double kSideInFaceUnits = 3.2, kHeadDepthMm = 250;
constexpr double kMaxSide = 4096, kMaxCoordinate = 1e6;

// The pictures that are asked for, each with its viewpoint.
struct Seen {
  const rise_image* image;
  Viewpoint viewpoint;
};

std::optional<Seen> seen(const rise_image* image, bool asked, void (*expect)(const rise_image&)) {
  if (!image || !asked) return std::nullopt;
  expect(*image);
  return Seen{image, Viewpoint(image->viewpoint)};
}

Square expect_square(const Square& square) {
  const bool sound = square.side >= 1 && square.side <= kMaxSide &&
                     std::abs(square.cx) <= kMaxCoordinate && std::abs(square.cy) <= kMaxCoordinate;
  if (!sound) {
    throw Failure(
        RISE_ERROR_ARGUMENT,
        "expected a face whose eyes and mouth lie apart, within reach of the picture; got "
        "a square of " +
            std::to_string(square.side) + " pixels");
  }
  return square;
}

Window window_of_square(const Square& square) {
  const int side = std::max(2, static_cast<int>(std::nearbyint(square.side)));
  return {static_cast<int>(std::nearbyint(square.cx - side / 2.0)),
          static_cast<int>(std::nearbyint(square.cy - side / 2.0)), side, side};
}

// Median depth of the points that fall into the middle half of the face's square; 0 without any.
double face_distance_mm(const Seen& depth, const Seen& colour, const Square& square) {
  const Samples samples(*depth.image);
  const double half = square.side / 4;
  std::vector<std::uint16_t> inside;
  for (int y = 0; y < depth.image->height; y += kDepthStride) {
    for (int x = 0; x < depth.image->width; x += kDepthStride) {
      const std::uint16_t z = depth_mm_at(*depth.image, samples, x, y);
      if (z == 0) continue;
      const Point at = colour.viewpoint.project(depth.viewpoint.point(x, y, z));
      if (std::abs(at.x - square.cx) < half && std::abs(at.y - square.cy) < half)
        inside.push_back(z);
    }
  }
  if (inside.empty()) return 0;
  const auto middle = inside.begin() + static_cast<std::ptrdiff_t>(inside.size() / 2);
  std::nth_element(inside.begin(), middle, inside.end());
  if (inside.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(inside.begin(), middle)) / 2.0;
}

double share_outside(const Square& square, const rise_image& image) {
  const double half = square.side / 2;
  const double across =
      std::min<double>(square.cx + half, image.width) - std::max(square.cx - half, 0.0);
  const double down =
      std::min<double>(square.cy + half, image.height) - std::max(square.cy - half, 0.0);
  return 1 - std::max(across, 0.0) * std::max(down, 0.0) / (square.side * square.side);
}

// The crop's pixels as rays of the reference camera, with the distance along each.
struct Rays {
  Viewpoint viewpoint;
  Square square;
  const std::vector<std::uint16_t>& depth_mm;
  double distance_mm;  // of the face, 0 = unknown
};

// Where an image sees the crop's surface. A pixel without depth, or far from the face, is taken to
// lie at the face's distance: a hole must not tear the picture.
std::vector<Point> surface(const Rays& rays, const Viewpoint& viewpoint, int crop_size, int size) {
  const Window window = window_of_square(rays.square);
  const double face_mm =
      rays.distance_mm > 0 ? rays.distance_mm : rays.viewpoint.face_mm(rays.square);
  const double step = static_cast<double>(window.width) / size;
  const auto depth_mm = resize_nearest(rays.depth_mm, crop_size, size);
  std::vector<Point> found;
  found.reserve(depth_mm.size());
  for (int y = 0; y < size; ++y) {
    for (int x = 0; x < size; ++x) {
      double z = depth_mm[found.size()];
      if (std::abs(z - face_mm) > kHeadDepthMm) z = face_mm;
      found.push_back(viewpoint.project(rays.viewpoint.point(
          (x + 0.5) * step - 0.5 + window.left, (y + 0.5) * step - 0.5 + window.top, z)));
    }
  }
  return found;
}

// The smallest window of a picture that holds all points with a neighbour on each side.
Window window_around(const std::vector<Point>& points, const rise_image& image) {
  double x0 = image.width, y0 = image.height, x1 = 0, y1 = 0;
  for (const Point& p : points) {
    x0 = std::min(x0, p.x), x1 = std::max(x1, p.x);
    y0 = std::min(y0, p.y), y1 = std::max(y1, p.y);
  }
  const auto within = [](double value, int limit) {
    return static_cast<int>(std::clamp(value, -2.0, limit + 2.0));
  };
  const int left = within(std::floor(x0) - 1, image.width),
            top = within(std::floor(y0) - 1, image.height);
  return {left, top, std::max(within(std::ceil(x1) + 2, image.width) - left, 2),
          std::max(within(std::ceil(y1) + 2, image.height) - top, 2)};
}

// The picture at each point, between its four neighbours; what lies outside the window is zero.
std::vector<std::uint8_t> sampled(const std::vector<std::uint8_t>& pixels, const Window& window,
                                  int channels, const std::vector<Point>& points) {
  std::vector<std::uint8_t> found;
  found.reserve(points.size() * static_cast<std::size_t>(channels));
  const auto at = [&](int x, int y, int c) -> double {
    const bool inside = x >= 0 && y >= 0 && x < window.width && y < window.height;
    return inside ? pixels[static_cast<std::size_t>(
                        (std::int64_t{y} * window.width + x) * channels + c)]
                  : 0;
  };
  for (const Point& p : points) {
    const double u = std::clamp<double>(p.x - window.left, -2, window.width + 1);
    const double v = std::clamp<double>(p.y - window.top, -2, window.height + 1);
    const int x = static_cast<int>(std::floor(u)), y = static_cast<int>(std::floor(v));
    const double a = u - x, b = v - y;
    for (int c = 0; c < channels; ++c) {
      const double above = at(x, y, c) * (1 - a) + at(x + 1, y, c) * a;
      const double below = at(x, y + 1, c) * (1 - a) + at(x + 1, y + 1, c) * a;
      found.push_back(static_cast<std::uint8_t>(std::lrint(above * (1 - b) + below * b)));
    }
  }
  return found;
}

// An 8-bit picture brought to the crop's rays.
std::vector<std::uint8_t> registered(const Seen& picture, const Rays& rays, int channels,
                                     int size) {
  const auto pixels_of = channels == 3 ? rgb_window : grey_window;
  if (picture.viewpoint.shares_rays_with(rays.viewpoint)) {
    const double z_mm =
        rays.distance_mm > 0 ? rays.distance_mm : rays.viewpoint.face_mm(rays.square);
    const Square square =
        expect_square(moved(rays.square, rays.viewpoint, picture.viewpoint, z_mm));
    const Window window = window_of_square(square);
    return resize_smooth(pixels_of(*picture.image, window), channels, window.width, size);
  }
  const int fine = size * kSupersample;
  const auto points = surface(rays, picture.viewpoint, size, fine);
  const Window window = window_around(points, *picture.image);
  return resize_smooth(sampled(pixels_of(*picture.image, window), window, channels, points),
                       channels, fine, size);
}

void expect_orientation(const rise_frame& frame) {
  const int turn = frame.rotation_deg;
  if (turn != 0 && turn != 90 && turn != 180 && turn != 270) {
    throw Failure(RISE_ERROR_ARGUMENT,
                  "expected a rotation of 0, 90, 180 or 270 degrees, got " + std::to_string(turn));
  }
}

Square delivered_square(const rise_face& face, const rise_frame& frame, const rise_image& colour) {
  const Square square = face_square(face);
  const Point centre = delivered({square.cx, square.cy}, frame, colour.width, colour.height);
  return {centre.x, centre.y, square.side};
}

}  // namespace

Square face_square(const rise_face& face) {
  const double eye_x = (double{face.right_eye[0]} + face.left_eye[0]) / 2;
  const double eye_y = (double{face.right_eye[1]} + face.left_eye[1]) / 2;
  const double across = std::hypot(double{face.left_eye[0]} - face.right_eye[0],
                                   double{face.left_eye[1]} - face.right_eye[1]);
  const double down = std::hypot(face.mouth[0] - eye_x, face.mouth[1] - eye_y);
  const double unit = across > down ? across : down;
  return expect_square(
      {(eye_x + face.mouth[0]) / 2, (eye_y + face.mouth[1]) / 2, kSideInFaceUnits * unit});
}

Cut cut_face(const rise_frame& frame, const rise_face& face, std::uint32_t required, int size) {
  expect_orientation(frame);
  const auto colour = seen(frame.colour, true, expect_colour);
  const auto depth = seen(frame.depth, required & RISE_DEPTH, expect_depth);
  const auto infrared = seen(frame.infrared, required & RISE_INFRARED, expect_infrared);
  if (!colour) {
    throw Failure(RISE_ERROR_ARGUMENT, "expected a frame with colour, in which the face was found");
  }
  const Square found = delivered_square(face, frame, *colour->image);
  const Seen& reference = depth ? *depth : infrared ? *infrared : *colour;
  Cut cut;
  cut.size = size;
  const double distance_mm = depth ? face_distance_mm(*depth, *colour, found) : 0;
  const double z_mm = distance_mm > 0 ? distance_mm : colour->viewpoint.face_mm(found);
  const Square square = expect_square(moved(found, colour->viewpoint, reference.viewpoint, z_mm));
  const auto pixels = static_cast<std::size_t>(size) * static_cast<std::size_t>(size);
  const Window window = window_of_square(square);
  cut.depth_mm = depth ? resize_nearest(depth_window(*depth->image, window), window.width, size)
                       : std::vector<std::uint16_t>(pixels);
  const Rays rays{reference.viewpoint, square, cut.depth_mm, distance_mm};
  cut.colour = upright(registered(*colour, rays, 3, size), size, 3, frame);
  cut.infrared = infrared ? upright(registered(*infrared, rays, 1, size), size, 1, frame)
                          : std::vector<std::uint8_t>(pixels);
  cut.depth_mm = upright(cut.depth_mm, size, 1, frame);
  cut.side_px = static_cast<float>(square.side);
  cut.outside = static_cast<float>(share_outside(square, *reference.image));
  cut.distance_mm = static_cast<float>(distance_mm);
  return cut;
}

}  // namespace rise

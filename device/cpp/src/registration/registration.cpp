#include "registration/registration.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "crop/orient.hpp"
#include "crop/pixels.hpp"
#include "crop/resize.hpp"
#include "failure.hpp"
#include "registration/depth.hpp"
#include "registration/viewpoint.hpp"

namespace rise {
namespace {

constexpr int kSupersample = 2, kDepthStride = 4;
constexpr double kSideInFaceUnits = 3.2, kHeadDepthMm = 250;
constexpr double kMaxSquareSide = 4096, kMaxCoordinate = 1e6;

struct Seen {
  const rise_image* image;
  Viewpoint viewpoint;
};

// The pictures that are asked for.
struct Pictures {
  Seen colour;
  std::optional<Seen> depth, infrared;

  // The one to which the others are brought.
  const Seen& reference() const { return depth ? *depth : infrared ? *infrared : colour; }
};

std::optional<Seen> seen(const rise_image* image, bool asked, void (*expect)(const rise_image&)) {
  if (!image || !asked) return std::nullopt;
  expect(*image);
  return Seen{image, Viewpoint(image->viewpoint)};
}

Pictures expect_pictures(const rise_frame& frame, std::uint32_t required) {
  const auto colour = seen(frame.colour, true, expect_colour);
  if (!colour) {
    throw Failure(RISE_ERROR_ARGUMENT, "expected a frame with colour, in which the face was found");
  }
  return {*colour, seen(frame.depth, required & RISE_DEPTH, expect_depth),
          seen(frame.infrared, required & RISE_INFRARED, expect_infrared)};
}

// Whether a square can be cut; false for NaN too.
bool within_reach(const Square& square) {
  return square.side >= 1 && square.side <= kMaxSquareSide &&
         std::abs(square.cx) <= kMaxCoordinate && std::abs(square.cy) <= kMaxCoordinate;
}

Window window_of_square(const Square& square) {
  const int side = std::max(2, static_cast<int>(std::nearbyint(square.side)));
  return {static_cast<int>(std::nearbyint(square.cx - side / 2.0)),
          static_cast<int>(std::nearbyint(square.cy - side / 2.0)), side, side};
}

// Median depth of the points that fall into the middle half of the face's square; 0 without any.
double face_distance_mm(const Seen& depth, const Seen& colour, const Square& square) {
  const Samples samples(*depth.image);
  const Crossing crossing(depth.viewpoint, colour.viewpoint);
  const double half = square.side / 4;
  std::vector<std::uint16_t> inside;
  for (int y = 0; y < depth.image->height; y += kDepthStride) {
    for (int x = 0; x < depth.image->width; x += kDepthStride) {
      const std::uint16_t z = depth_mm_at(*depth.image, samples, x, y);
      if (z == 0) continue;
      const Point at = crossing(x, y, z);
      if (std::abs(at.x - square.cx) < half && std::abs(at.y - square.cy) < half) {
        inside.push_back(z);
      }
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
  const double inside = std::max(across, 0.0) * std::max(down, 0.0);
  return std::max(1 - inside / (square.side * square.side), 0.0);
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
  const Crossing crossing(rays.viewpoint, viewpoint);
  std::vector<Point> found;
  found.reserve(static_cast<std::size_t>(size) * static_cast<std::size_t>(size));
  for (int y = 0; y < size; ++y) {
    const std::uint16_t* row = rays.depth_mm.data() + y / kSupersample * crop_size;
    const double v = (y + 0.5) * step - 0.5 + window.top;
    for (int x = 0; x < size; ++x) {
      const double u = (x + 0.5) * step - 0.5 + window.left, z = row[x / kSupersample];
      found.push_back(crossing(u, v, std::abs(z - face_mm) > kHeadDepthMm ? face_mm : z));
    }
  }
  return found;
}

// The window of a picture in which all points have neighbours. It reaches two pixels beyond the
// picture where points do, so that these find zero there, and nothing else has to be examined.
Window window_around(const std::vector<Point>& points, const rise_image& image) {
  double x0 = image.width, y0 = image.height, x1 = 0, y1 = 0;
  for (const Point& p : points) {
    x0 = std::min(x0, p.x), x1 = std::max(x1, p.x);
    y0 = std::min(y0, p.y), y1 = std::max(y1, p.y);
  }
  const auto pixel = [](double value, int limit) {
    return static_cast<int>(std::floor(std::clamp(value, -2.0, limit + 2.0)));
  };
  const int left = pixel(x0, image.width), top = pixel(y0, image.height);
  return {left, top, std::max(pixel(x1 + 2, image.width) - left, 2),
          std::max(pixel(y1 + 2, image.height) - top, 2)};
}

// The picture at each point, between its four neighbours.
template <int kChannels>
std::vector<std::uint8_t> sampled(const std::vector<std::uint8_t>& pixels, const Window& window,
                                  const std::vector<Point>& points) {
  std::vector<std::uint8_t> found(points.size() * kChannels);
  std::uint8_t* to = found.data();
  for (const Point& p : points) {
    const double u = std::clamp<double>(p.x - window.left, 0, window.width - 1);
    const double v = std::clamp<double>(p.y - window.top, 0, window.height - 1);
    const int x = std::min(static_cast<int>(u), window.width - 2);
    const int y = std::min(static_cast<int>(v), window.height - 2);
    const auto a = static_cast<float>(u - x), b = static_cast<float>(v - y);
    const std::uint8_t* above = pixels.data() + (std::int64_t{y} * window.width + x) * kChannels;
    const std::uint8_t* below = above + std::int64_t{window.width} * kChannels;
    for (int c = 0; c < kChannels; ++c) {
      const float upper = above[c] * (1 - a) + above[c + kChannels] * a;
      const float lower = below[c] * (1 - a) + below[c + kChannels] * a;
      *to++ = level(upper * (1 - b) + lower * b);
    }
  }
  return found;
}

template <typename T>
std::vector<T> blank(int size, int channels) {
  return std::vector<T>(static_cast<std::size_t>(size) * static_cast<std::size_t>(size) *
                        static_cast<std::size_t>(channels));
}

// An 8-bit picture brought to the crop's rays.
std::vector<std::uint8_t> registered(const Seen& picture, const Rays& rays, int channels,
                                     int size) {
  const auto pixels_of = channels == 3 ? rgb_window : grey_window;
  if (picture.viewpoint.shares_rays_with(rays.viewpoint)) {
    const double z_mm =
        rays.distance_mm > 0 ? rays.distance_mm : rays.viewpoint.face_mm(rays.square);
    const Square square = moved(rays.square, rays.viewpoint, picture.viewpoint, z_mm);
    if (!within_reach(square)) return blank<std::uint8_t>(size, channels);
    const Window window = window_of_square(square);
    return resize_smooth(pixels_of(*picture.image, window), channels, window.width, size);
  }
  const int fine = size * kSupersample;
  const auto points = surface(rays, picture.viewpoint, size, fine);
  const Window window = window_around(points, *picture.image);
  const auto sample = channels == 3 ? sampled<3> : sampled<1>;
  return resize_smooth(sample(pixels_of(*picture.image, window), window, points), channels, fine,
                       size);
}

void expect_orientation(const rise_frame& frame) {
  const int turn = frame.rotation_deg;
  if (turn != 0 && turn != 90 && turn != 180 && turn != 270) {
    throw Failure(RISE_ERROR_ARGUMENT,
                  "expected a rotation of 0, 90, 180 or 270 degrees, got " + std::to_string(turn));
  }
}

// The cut of a face that lies behind the reference camera, or far beyond its picture.
Cut nothing_seen(const Square& face, int size) {
  return {size,
          blank<std::uint8_t>(size, 3),
          blank<std::uint16_t>(size, 1),
          blank<std::uint8_t>(size, 1),
          static_cast<float>(face.side),
          1,
          0};
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
  const Square square = {(eye_x + face.mouth[0]) / 2, (eye_y + face.mouth[1]) / 2,
                         kSideInFaceUnits * std::max(across, down)};
  if (across == 0 || !within_reach(square)) {
    throw Failure(RISE_ERROR_ARGUMENT,
                  "expected a face whose eyes lie apart and whose square is 1 to 4096 pixels wide, "
                  "got keypoints that are none");
  }
  return square;
}

Cut cut_face(const rise_frame& frame, const rise_face& face, std::uint32_t required, int size) {
  expect_orientation(frame);
  const Pictures pictures = expect_pictures(frame, required);
  const auto& [colour, depth, infrared] = pictures;
  const Seen& reference = pictures.reference();
  const Square found = delivered_square(face, frame, *colour.image);
  const double distance_mm = depth ? face_distance_mm(*depth, colour, found) : 0;
  const double z_mm = distance_mm > 0 ? distance_mm : colour.viewpoint.face_mm(found);
  const Square square = moved(found, colour.viewpoint, reference.viewpoint, z_mm);
  if (!within_reach(square)) return nothing_seen(found, size);
  const Window window = window_of_square(square);
  auto depth_mm = depth ? depth_square(*depth->image, window, size) : blank<std::uint16_t>(size, 1);
  const Rays rays{reference.viewpoint, square, depth_mm, distance_mm};
  auto infrared_seen =
      infrared ? registered(*infrared, rays, 1, size) : blank<std::uint8_t>(size, 1);
  return {size,
          upright(registered(colour, rays, 3, size), size, 3, frame),
          upright(depth_mm, size, 1, frame),
          upright(infrared_seen, size, 1, frame),
          static_cast<float>(square.side),
          static_cast<float>(share_outside(square, *reference.image)),
          static_cast<float>(distance_mm)};
}

}  // namespace rise

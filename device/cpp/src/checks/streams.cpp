#include "checks/streams.hpp"

#include "crop/picture.hpp"

namespace rise {
namespace {

constexpr int kStride = 7;
constexpr std::size_t kRemembered = 1800;  // a minute of 30 frames a second

// FNV-1a over a sparse grid of the first plane.
std::uint64_t fingerprint(const rise_image& image) {
  const Samples samples(image);
  std::uint64_t hash = 14695981039346656037U;
  for (int y = 0; y < image.height; y += kStride) {
    for (int x = 0; x < image.width; x += kStride) {
      const std::uint8_t* from = samples.at(0, x, y);
      for (int i = 0; i < samples.sample_bytes(); ++i) hash = (hash ^ from[i]) * 1099511628211U;
    }
  }
  return hash;
}

}  // namespace

bool Streams::Pictures::repeat(std::uint64_t fingerprint) {
  if (!known_.insert(fingerprint).second) return true;
  order_.push_back(fingerprint);
  if (order_.size() > kRemembered) {
    known_.erase(order_.front());
    order_.pop_front();
  }
  return false;
}

bool Streams::repeat(const rise_frame& frame, std::uint32_t required) {
  bool repeated = false;
  const auto look = [&](const rise_image* image, std::uint32_t bit, std::size_t stream,
                        void (*expect)(const rise_image&)) {
    if (!image || !(required & bit)) return;
    expect(*image);
    if (pictures_[stream].repeat(fingerprint(*image))) repeated = true;
  };
  look(frame.colour, RISE_COLOUR, 0, expect_colour);
  look(frame.depth, RISE_DEPTH, 1, expect_depth);
  look(frame.infrared, RISE_INFRARED, 2, expect_infrared);
  return repeated;
}

}  // namespace rise

#include "crop/resize.hpp"

#include <algorithm>
#include <cstddef>

namespace rise {
namespace {

// What one pixel of the result is made of, along one axis: pixels from `first` on, by weight.
struct Mix {
  int first;
  std::vector<float> weights;
};

// Each pixel is the mean of what it covers.
std::vector<Mix> area(int side, int size) {
  const double scale = static_cast<double>(side) / size;
  std::vector<Mix> mixes;
  for (int i = 0; i < size; ++i) {
    const double start = i * scale, end = std::min<double>(start + scale, side);
    Mix mix{static_cast<int>(start), {}};
    for (int at = mix.first; at < end - 1e-3; ++at) {
      const double covered = std::min<double>(at + 1, end) - std::max<double>(at, start);
      mix.weights.push_back(static_cast<float>(covered / (end - start)));
    }
    mixes.push_back(mix);
  }
  return mixes;
}

// Each pixel lies between two others.
std::vector<Mix> linear(int side, int size) {
  const double scale = static_cast<double>(side) / size;
  std::vector<Mix> mixes;
  for (int i = 0; i < size; ++i) {
    const double at = std::clamp<double>((i + 0.5) * scale - 0.5, 0, side - 1);
    const int first = std::min(static_cast<int>(at), std::max(side - 2, 0));
    const auto second = static_cast<float>(at - first);
    mixes.push_back(side > 1 ? Mix{first, {1 - second, second}} : Mix{0, {1}});
  }
  return mixes;
}

// Half the size, each pixel the mean of four. OpenCV rounds it up, and every other mean to even.
std::vector<std::uint8_t> halved(const std::vector<std::uint8_t>& square, int channels, int side) {
  const auto width = static_cast<std::size_t>(side) * static_cast<std::size_t>(channels);
  const auto step = static_cast<std::size_t>(channels);
  std::vector<std::uint8_t> found;
  found.reserve(square.size() / 4);
  for (int y = 0; y < side; y += 2) {
    for (int x = 0; x < side; x += 2) {
      const std::uint8_t* at =
          square.data() + static_cast<std::size_t>(y) * width + static_cast<std::size_t>(x) * step;
      for (std::size_t c = 0; c < step; ++c, ++at) {
        const int sum = at[0] + at[step] + at[width] + at[width + step];
        found.push_back(static_cast<std::uint8_t>((sum + 2) / 4));
      }
    }
  }
  return found;
}

}  // namespace

std::vector<int> nearest(int side, int size) {
  // Step by step, as OpenCV 5 goes: where a centre falls between two readings, what the sum has
  // lost by rounding says which of them is taken. OpenCV 4 may take the other one there.
  std::vector<int> source;
  const double step = static_cast<double>(side) / size;
  double at = step / 2;
  for (int i = 0; i < size; ++i, at += step) {
    source.push_back(std::min(static_cast<int>(at), side - 1));
  }
  return source;
}

std::vector<std::uint8_t> resize_smooth(const std::vector<std::uint8_t>& square, int channels,
                                        int side, int size) {
  if (side == 2 * size) return halved(square, channels, side);
  const auto mixes = side >= size ? area(side, size) : linear(side, size);
  const auto width = static_cast<std::size_t>(side * channels);
  std::vector<float> row(width);
  std::vector<std::uint8_t> found;
  found.reserve(static_cast<std::size_t>(size) * static_cast<std::size_t>(size * channels));
  for (const Mix& down : mixes) {
    std::fill(row.begin(), row.end(), 0.0F);
    const std::uint8_t* from = square.data() + static_cast<std::size_t>(down.first) * width;
    for (const float weight : down.weights) {
      for (std::size_t i = 0; i < width; ++i) row[i] += weight * from[i];
      from += width;
    }
    for (const Mix& across : mixes) {
      for (int c = 0; c < channels; ++c) {
        float sum = 0;
        const float* at = row.data() + across.first * channels + c;
        for (const float weight : across.weights) sum += weight * *at, at += channels;
        found.push_back(level(sum));
      }
    }
  }
  return found;
}

}  // namespace rise

#include "api/selftest.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string>

#include "failure.hpp"
#include "files/npz.hpp"

namespace rise {
namespace {

constexpr double kTolerance = 1e-3;

using Shape = std::vector<std::size_t>;

struct Golden {
  std::size_t count;
  Array colour, depth_mm, infrared, present, norms;
};

void expect(const Array& array, const char* name, const char* descr, const Shape& shape) {
  if (array.descr != descr || array.shape != shape) {
    throw std::invalid_argument(std::string("expected ") + name + " as " + descr +
                                " of the bundle's crop size and of one row a vector");
  }
}

Golden read_golden(const Bytes& file, const std::string& runtime, std::size_t size) {
  const std::string norms = "norm_" + runtime;
  auto arrays = read_npz(file, {"colour", "depth_mm", "infrared", "present", norms});
  const Shape& shape = arrays[norms].shape;
  const std::size_t count = shape.empty() ? 0 : shape[0];
  if (count == 0) throw std::invalid_argument("it holds no vectors");
  expect(arrays["colour"], "colour", "|u1", {count, size, size, 3});
  expect(arrays["depth_mm"], "depth_mm", "<u2", {count, size, size});
  expect(arrays["infrared"], "infrared", "|u1", {count, size, size});
  expect(arrays["present"], "present", "|u1", {count, 3});
  expect(arrays[norms], norms.c_str(), "<f4", {count});
  return {count,        arrays["colour"], arrays["depth_mm"], arrays["infrared"], arrays["present"],
          arrays[norms]};
}

// Fills the model's inputs with one row, and gives the modalities that are present in it.
std::uint32_t fill(Inputs& inputs, const Golden& golden, std::size_t row) {
  const auto at = [row](const Array& array, std::size_t bytes) {
    return array.bytes.data() + row * bytes;
  };
  std::copy_n(at(golden.colour, inputs.colour.size()), inputs.colour.size(), inputs.colour.begin());
  std::copy_n(at(golden.infrared, inputs.infrared.size()), inputs.infrared.size(),
              inputs.infrared.begin());
  const std::uint8_t* depth = at(golden.depth_mm, inputs.depth_mm.size() * 2);
  for (std::size_t i = 0; i < inputs.depth_mm.size(); ++i) {
    inputs.depth_mm[i] = depth[2 * i] | depth[2 * i + 1] << 8;
  }
  std::uint32_t modalities = 0;
  for (std::size_t m = 0; m < inputs.present.size(); ++m) {
    const bool seen = at(golden.present, 3)[m] != 0;
    inputs.present[m] = seen ? 1.0F : 0.0F;
    if (seen) modalities |= 1U << m;
  }
  return modalities;
}

float norm_of(const Golden& golden, std::size_t row) {
  float norm;
  std::memcpy(&norm, golden.norms.bytes.data() + row * sizeof norm, sizeof norm);
  return norm;
}

rise_proof compared(Model& model, const Golden& golden,
                    const std::map<std::uint32_t, double>& radii) {
  rise_proof proof{};
  proof.count = static_cast<std::int32_t>(golden.count);
  for (std::size_t row = 0; row < golden.count; ++row) {
    const auto radius = radii.find(fill(model.inputs, golden, row));
    if (radius == radii.end()) throw std::invalid_argument("a vector's modalities have no radius");
    const double given = model.run().norm, expected = norm_of(golden, row);
    const double difference = std::abs(given - expected);
    // NaN is as far from the right norm as can be.
    const double far =
        std::isnan(difference) ? std::numeric_limits<double>::infinity() : difference;
    proof.largest_difference = std::max(proof.largest_difference, far);
    if ((given <= radius->second) != (expected <= radius->second)) ++proof.flips;
  }
  proof.holds = proof.flips == 0 && proof.largest_difference <= kTolerance;
  return proof;
}

}  // namespace

rise_proof prove(Model& model, const Manifest& manifest, const char* runtime, const Bytes& golden) {
  try {
    const auto vectors = read_golden(golden, runtime, static_cast<std::size_t>(manifest.crop_size));
    rise_proof proof = compared(model, vectors, manifest.radii.at(runtime));
    std::snprintf(proof.line, sizeof proof.line,
                  "%s: %d golden vectors, largest norm difference %.3g, %d decisions differ",
                  runtime, proof.count, proof.largest_difference, proof.flips);
    return proof;
  } catch (const std::invalid_argument& refused) {
    throw Failure(RISE_ERROR_BUNDLE,
                  std::string("golden vectors are not usable: ") + refused.what());
  }
}

}  // namespace rise

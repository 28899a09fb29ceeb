#include "api/checker.hpp"

#include <algorithm>
#include <string>

#include "api/selftest.hpp"
#include "checks/evidence.hpp"
#include "decision/reading.hpp"
#include "failure.hpp"

namespace rise {
namespace {

constexpr std::uint32_t kAll = RISE_COLOUR | RISE_DEPTH | RISE_INFRARED;
constexpr std::uintmax_t kMaxGoldenBytes = 256 * 1024 * 1024;

std::uint32_t present(const rise_crop& crop) {
  std::uint32_t bits = 0;
  if (crop.colour) bits |= RISE_COLOUR;
  if (crop.depth_mm) bits |= RISE_DEPTH;
  if (crop.infrared) bits |= RISE_INFRARED;
  return bits;
}

// The same crop without the modalities that were not asked for: a stray stream must not change
// which radius holds.
rise_crop only(rise_crop crop, std::uint32_t modalities) {
  if (!(modalities & RISE_COLOUR)) crop.colour = nullptr;
  if (!(modalities & RISE_DEPTH)) crop.depth_mm = nullptr;
  if (!(modalities & RISE_INFRARED)) crop.infrared = nullptr;
  return crop;
}

template <typename From, typename To>
void put(const From* from, std::vector<To>& to) {
  if (from) {
    std::copy_n(from, to.size(), to.begin());
  } else {
    std::fill(to.begin(), to.end(), To{});
  }
}

}  // namespace

Checker::Checker(const std::filesystem::path& folder, rise_runtime runtime, int threads,
                 const Pin* pin)
    : bundle_(folder, pin), runtime_(runtime_name(runtime)) {
  const auto radii = bundle_.manifest().radii.find(runtime_);
  if (radii == bundle_.manifest().radii.end()) {
    throw Failure(RISE_ERROR_BUNDLE, "bundle " + bundle_.where() + ": expected radii for " +
                                         runtime_ + ", it has none; choose another runtime");
  }
  radii_ = radii->second;
  model_ = open_model(bundle_, runtime, threads);
}

rise_info Checker::info() const {
  const Manifest& manifest = bundle_.manifest();
  return {sizeof(rise_info),
          manifest.simulated,
          manifest.crop_size,
          manifest.embedding_size,
          manifest.name.c_str(),
          manifest.notice.c_str(),
          bundle_.identity().c_str(),
          runtime_};
}

MarginScatter Checker::scatter(std::uint32_t modalities) const {
  const auto& measured = bundle_.manifest().margin_scatter;
  const auto found = measured.find(modalities);
  return found == measured.end() ? MarginScatter{} : found->second;
}

std::uint32_t Checker::expect_required(std::uint32_t required) {
  if (!(required & RISE_COLOUR) || (required & ~kAll)) {
    throw Failure(RISE_ERROR_ARGUMENT,
                  "expected the required modalities to be colour, and depth or infrared besides, "
                  "got the bits " +
                      std::to_string(required));
  }
  return required;
}

rise_reading Checker::read(const rise_crop& crop, Embedding* embedding) {
  const std::uint32_t modalities = present(crop);
  if (crop.size != bundle_.manifest().crop_size) {
    throw Failure(RISE_ERROR_ARGUMENT, "expected a crop of " +
                                           std::to_string(bundle_.manifest().crop_size) +
                                           " pixels, got one of " + std::to_string(crop.size));
  }
  if (!has_radius(modalities)) {
    throw Failure(RISE_ERROR_MODALITIES, "expected modalities with a calibrated radius, got " +
                                             (modalities ? modality_set(modalities) : "none"));
  }
  Inputs& inputs = model_->inputs;
  put(crop.colour, inputs.colour);
  put(crop.depth_mm, inputs.depth_mm);
  put(crop.infrared, inputs.infrared);
  for (std::size_t m = 0; m < inputs.present.size(); ++m) {
    inputs.present[m] = modalities & 1U << m ? 1.0F : 0.0F;
  }
  const Embedding found = model_->run();
  if (embedding) *embedding = found;
  return read_margin(found, modalities, radii_.at(modalities));
}

Verdict Checker::judge(const rise_crop& crop, std::uint32_t required,
                            const rise_face* face) {
  expect_required(required);
  if ((present(crop) & required) != required) {
    return {RISE_UNDECIDED, RISE_MISSING_MODALITY, {}};
  }
  const rise_crop asked = only(crop, required);
  if (asked.size != bundle_.manifest().crop_size) read(asked);  // which refuses it
  rise_reason fault = examine_crop(asked);
  if (fault == RISE_NO_REASON && face) fault = examine_face(*face);
  if (fault != RISE_NO_REASON) return {RISE_UNDECIDED, fault, {}};
  Embedding embedding;
  const rise_reading reading = read(asked, &embedding);
  if (!sound(embedding)) return {RISE_UNDECIDED, RISE_BAD_NUMBERS, reading};
  if (reading.modalities == RISE_COLOUR && !accepts_colour_alone_) {
    return {RISE_UNDECIDED, RISE_COLOUR_ALONE, reading};
  }
  return {reading.margin >= 0 ? RISE_LIVE : RISE_SPOOF, RISE_NO_REASON, reading};
}

rise_crop Checker::cut(const rise_frame& frame, const rise_face& face, std::uint32_t required) {
  expect_required(required);
  cut_ = cut_face(frame, face, required, bundle_.manifest().crop_size);
  const auto seen = [&](const rise_image* image, std::uint32_t bit) {
    return image && (required & bit);
  };
  return {cut_.size,
          seen(frame.colour, RISE_COLOUR) ? cut_.colour.data() : nullptr,
          seen(frame.depth, RISE_DEPTH) ? cut_.depth_mm.data() : nullptr,
          seen(frame.infrared, RISE_INFRARED) ? cut_.infrared.data() : nullptr,
          cut_.side_px,
          cut_.outside,
          cut_.distance_mm};
}

rise_proof Checker::selftest(const char* golden) {
  const Bytes vectors =
      golden ? read_plain_file(golden, kMaxGoldenBytes) : bundle_.read("golden.npz");
  return prove(*model_, bundle_.manifest(), runtime_, vectors);
}

}  // namespace rise

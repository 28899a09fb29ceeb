// Whatever comes in over the C interface, a status comes out.
#include <rise_edge.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "bundle_copy.hpp"
#include "check.hpp"
#include "files/sha256.hpp"

static std::string sha256(const std::string& content) {
  return rise::sha256_hex({content.begin(), content.end()});
}

static rise_status opening(const std::filesystem::path& folder,
                           rise_runtime runtime = RISE_EXECUTORCH) {
  rise_checker* checker = nullptr;
  const rise_status status = rise_open(folder.string().c_str(), runtime, 1, &checker);
  CHECK((status == RISE_OK) == (checker != nullptr));
  rise_close(checker);
  return status;
}

static rise_checker* opened() {
  rise_checker* checker = nullptr;
  CHECK(rise_open(RISE_TEST_BUNDLE, RISE_EXECUTORCH, 1, &checker) == RISE_OK);
  return checker;
}

static void a_bundle_that_is_not_as_built_does_not_open() {
  CHECK(opening(RISE_TEST_BUNDLE) == RISE_OK);
  CHECK(opening("/nowhere") == RISE_ERROR_BUNDLE);
  CHECK(std::strstr(rise_last_error(), "/nowhere"));
  for (const char* name : {"manifest.json", "model.pte", "golden.npz", "report.md"}) {
    const BundleCopy copy;
    std::filesystem::remove(copy.path / name);
    CHECK(opening(copy.path) == RISE_ERROR_BUNDLE);
    CHECK(std::strstr(rise_last_error(), name));
  }
  for (const char* name : {"model.pte", "golden.npz", "report.md"}) {
    const BundleCopy copy;
    std::string content = copy.read(name);
    content[content.size() / 2] ^= 1;
    copy.write(name, content);
    CHECK(opening(copy.path) == RISE_ERROR_BUNDLE);
    CHECK(std::strstr(rise_last_error(), "altered"));
  }
}

static void a_link_or_a_folder_in_a_files_place_is_refused() {
  const BundleCopy copy;
  std::filesystem::rename(copy.path / "model.pte", copy.path / "elsewhere");
  std::filesystem::create_symlink("elsewhere", copy.path / "model.pte");
  CHECK(opening(copy.path) == RISE_ERROR_BUNDLE);
  std::filesystem::remove(copy.path / "model.pte");
  std::filesystem::create_directory(copy.path / "model.pte");
  CHECK(opening(copy.path) == RISE_ERROR_BUNDLE);
}

static void a_tampered_manifest_is_refused() {
  const BundleCopy copy;
  const std::string manifest = copy.read("manifest.json");
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = manifest;
    changed.replace(changed.find(from), from.size(), to);
    copy.write("manifest.json", changed);
    return opening(copy.path);
  };
  CHECK(with("\"format\": 1", "\"format\": 2") == RISE_ERROR_BUNDLE);
  CHECK(with("\"crop_size\": 112", "\"crop_size\": 112.0") == RISE_ERROR_BUNDLE);
  CHECK(with("\"crop_size\": 112", "\"crop_size\": 99999999999999999999") == RISE_ERROR_BUNDLE);
  CHECK(with("\"crop_size\": 112", "\"crop_size\": 64") == RISE_ERROR_RUNTIME);
  CHECK(with("\"embedding_size\": 64", "\"embedding_size\": 65") == RISE_ERROR_RUNTIME);
  CHECK(with("\"colour+depth\": ", "\"depth+colour\": ") == RISE_ERROR_BUNDLE);
  CHECK(with("\"colour+depth\": ", "\"colour+depth\": -") == RISE_ERROR_BUNDLE);
  CHECK(with("\"simulated\": true", "\"simulated\": 1") == RISE_ERROR_BUNDLE);
  CHECK(with("\"notice\": \"", "\"notice\": \"\", \"foreign\": \"") == RISE_ERROR_BUNDLE);
  CHECK(with("\"report.md\"", "\"../report.md\"") == RISE_ERROR_BUNDLE);
  CHECK(with("\"name\": \"demo\"", "\"name\": \"\"") == RISE_ERROR_BUNDLE);
  copy.write("manifest.json", std::string(300 * 1024, ' ') + manifest);
  CHECK(opening(copy.path) == RISE_ERROR_BUNDLE);
  copy.write("manifest.json", "");
  CHECK(opening(copy.path) == RISE_ERROR_BUNDLE);
}

static void a_file_that_is_no_model_is_refused_although_its_hash_is_right() {
  for (const std::string& content :
       {std::string(), std::string("no model"), std::string(4096, '\0')}) {
    const BundleCopy copy;
    copy.replace("model.pte", content, sha256);
    CHECK(opening(copy.path) == RISE_ERROR_RUNTIME);
  }
  const BundleCopy copy;
  const std::string model = copy.read("model.pte");
  copy.replace("model.pte", model.substr(0, model.size() / 2), sha256);
  CHECK(opening(copy.path) == RISE_ERROR_RUNTIME);
}

static void golden_vectors_that_are_none_are_refused() {
  rise_checker* checker = opened();
  const BundleCopy copy;
  const std::string golden = copy.read("golden.npz");
  rise_proof proof{};
  const auto proving = [&](const std::string& content) {
    copy.write("other.npz", content);
    return rise_selftest(checker, (copy.path / "other.npz").string().c_str(), &proof);
  };
  CHECK(proving(golden) == RISE_OK && proof.holds && proof.count == 48 && proof.flips == 0);
  CHECK(rise_selftest(checker, nullptr, &proof) == RISE_OK && proof.holds);
  for (const std::size_t bytes :
       {std::size_t{0}, std::size_t{10}, golden.size() / 2, golden.size() - 30}) {
    CHECK(proving(golden.substr(0, bytes)) == RISE_ERROR_BUNDLE);
    CHECK(proof.holds == 0 && proof.count == 0);
  }
  CHECK(rise_selftest(checker, "/nowhere.npz", &proof) == RISE_ERROR_BUNDLE);
  rise_close(checker);
}

static void null_pointers_and_values_of_no_name_are_refused() {
  rise_checker* checker = opened();
  rise_checker* other = nullptr;
  rise_info info;
  rise_crop crop{};
  rise_reading reading;
  rise_verdict verdict;
  rise_proof proof;
  rise_frame frame{};
  rise_face face{};
  CHECK(rise_open(nullptr, RISE_EXECUTORCH, 1, &other) == RISE_ERROR_ARGUMENT);
  CHECK(rise_open(RISE_TEST_BUNDLE, RISE_EXECUTORCH, 1, nullptr) == RISE_ERROR_ARGUMENT);
  CHECK(rise_open(RISE_TEST_BUNDLE, RISE_EXECUTORCH, 0, &other) == RISE_ERROR_ARGUMENT);
  CHECK(rise_open(RISE_TEST_BUNDLE, static_cast<rise_runtime>(99), 1, &other) ==
        RISE_ERROR_ARGUMENT);
  CHECK(rise_get_info(nullptr, &info) == RISE_ERROR_ARGUMENT);
  CHECK(rise_get_info(checker, nullptr) == RISE_ERROR_ARGUMENT);
  CHECK(rise_read(nullptr, &crop, &reading, nullptr, 0) == RISE_ERROR_ARGUMENT);
  CHECK(rise_read(checker, nullptr, &reading, nullptr, 0) == RISE_ERROR_ARGUMENT);
  CHECK(rise_read(checker, &crop, nullptr, nullptr, 0) == RISE_ERROR_ARGUMENT);
  CHECK(rise_judge(checker, nullptr, RISE_COLOUR, &verdict) == RISE_ERROR_ARGUMENT);
  CHECK(rise_judge(checker, &crop, RISE_COLOUR, nullptr) == RISE_ERROR_ARGUMENT);
  CHECK(rise_cut(checker, nullptr, &face, RISE_COLOUR, &crop) == RISE_ERROR_ARGUMENT);
  CHECK(rise_cut(checker, &frame, nullptr, RISE_COLOUR, &crop) == RISE_ERROR_ARGUMENT);
  CHECK(rise_check(checker, &frame, &face, RISE_COLOUR, nullptr) == RISE_ERROR_ARGUMENT);
  CHECK(rise_check(nullptr, &frame, &face, RISE_COLOUR, &verdict) == RISE_ERROR_ARGUMENT);
  CHECK(rise_selftest(nullptr, nullptr, &proof) == RISE_ERROR_ARGUMENT);
  CHECK(rise_selftest(checker, nullptr, nullptr) == RISE_ERROR_ARGUMENT);
  CHECK(!rise_has_radius(nullptr, RISE_COLOUR) && !rise_has_radius(checker, 99));
  CHECK(std::strcmp(rise_status_name(static_cast<rise_status>(99)), "unknown") == 0);
  CHECK(std::strcmp(rise_reason_name(static_cast<rise_reason>(99)), "unknown") == 0);
  CHECK(std::strcmp(rise_outcome_name(static_cast<rise_outcome>(99)), "UNDECIDED") == 0);
  rise_close(nullptr);
  rise_close(checker);
}

struct Pixels {
  std::vector<std::uint8_t> colour = std::vector<std::uint8_t>(112 * 112 * 3, 100);
  std::vector<std::uint16_t> depth_mm = std::vector<std::uint16_t>(112 * 112, 500);
  std::vector<std::uint8_t> infrared = std::vector<std::uint8_t>(112 * 112, 100);

  rise_crop crop() const { return {112, colour.data(), depth_mm.data(), infrared.data(), 0, 0, 0}; }
};

static void a_crop_of_another_size_or_of_nothing_is_refused() {
  rise_checker* checker = opened();
  const Pixels pixels;
  rise_reading reading;
  rise_verdict verdict;
  rise_crop crop = pixels.crop();
  CHECK(rise_read(checker, &crop, &reading, nullptr, 0) == RISE_OK && reading.norm > 0);
  float embedding[64];
  CHECK(rise_read(checker, &crop, &reading, embedding, 63) == RISE_ERROR_ARGUMENT);
  CHECK(reading.norm == 0 && reading.radius == 0);
  for (const int size : {-1, 0, 1, 111, 113, std::numeric_limits<int>::max()}) {
    crop.size = size;
    CHECK(rise_read(checker, &crop, &reading, nullptr, 0) == RISE_ERROR_ARGUMENT);
    CHECK(rise_judge(checker, &crop, RISE_COLOUR, &verdict) == RISE_ERROR_ARGUMENT);
    CHECK(verdict.outcome == RISE_UNDECIDED);
  }
  crop = {112, nullptr, nullptr, nullptr, 0, 0, 0};
  CHECK(rise_read(checker, &crop, &reading, nullptr, 0) == RISE_ERROR_MODALITIES);
  rise_close(checker);
}

static void what_is_no_evidence_is_undecided_with_its_reason() {
  rise_checker* checker = opened();
  constexpr std::uint32_t kAll = RISE_COLOUR | RISE_DEPTH | RISE_INFRARED;
  const auto reason = [&](const rise_crop& crop, std::uint32_t required) {
    rise_verdict verdict;
    CHECK(rise_judge(checker, &crop, required, &verdict) == RISE_OK);
    CHECK((verdict.outcome == RISE_UNDECIDED) == (verdict.reason != RISE_NO_REASON));
    return verdict.reason;
  };
  Pixels good;
  CHECK(reason(good.crop(), kAll) == RISE_NO_REASON);
  rise_crop crop = good.crop();
  crop.infrared = nullptr;
  CHECK(reason(crop, kAll) == RISE_MISSING_MODALITY);
  CHECK(reason(crop, RISE_COLOUR | RISE_DEPTH) == RISE_NO_REASON);
  Pixels holes = good, white = good, lamp = good, black = good;
  holes.depth_mm.assign(112 * 112, 0);
  CHECK(reason(holes.crop(), kAll) == RISE_DEPTH_COVERAGE);
  CHECK(reason(holes.crop(), RISE_COLOUR) == RISE_COLOUR_ALONE);
  white.colour.assign(112 * 112 * 3, 255);
  CHECK(reason(white.crop(), kAll) == RISE_TOO_BRIGHT);
  lamp.infrared.assign(112 * 112, 255);
  CHECK(reason(lamp.crop(), kAll) == RISE_INFRARED_SATURATED);
  black.infrared.assign(112 * 112, 0);
  CHECK(reason(black.crop(), kAll) == RISE_TOO_DARK);
  crop = good.crop();
  crop.side_px = 79;
  CHECK(reason(crop, kAll) == RISE_TOO_FAR);
  crop.side_px = std::nanf("");
  CHECK(reason(crop, kAll) == RISE_TOO_FAR);
  crop.side_px = 100;
  crop.outside = 0.3F;
  CHECK(reason(crop, kAll) == RISE_OUT_OF_FRAME);
  crop.outside = std::nanf("");
  CHECK(reason(crop, kAll) == RISE_OUT_OF_FRAME);
  rise_verdict verdict;
  for (const std::uint32_t required : {0U, 2U, 4U, 6U, 8U, 9U, 255U}) {
    crop = good.crop();
    CHECK(rise_judge(checker, &crop, required, &verdict) == RISE_ERROR_ARGUMENT);
    CHECK(verdict.outcome == RISE_UNDECIDED);
  }
  rise_close(checker);
}

static void colour_alone_decides_only_once_it_is_accepted() {
  rise_checker* checker = opened();
  const Pixels pixels;
  const rise_crop crop = pixels.crop();
  rise_verdict verdict;
  CHECK(rise_accept_colour_alone(nullptr, 1) == RISE_ERROR_ARGUMENT);
  for (const std::int32_t accept : {0, 1, 0}) {
    CHECK(rise_accept_colour_alone(checker, accept) == RISE_OK);
    CHECK(rise_judge(checker, &crop, RISE_COLOUR, &verdict) == RISE_OK);
    CHECK((verdict.reason == RISE_COLOUR_ALONE) == (accept == 0) && verdict.reading.norm > 0);
    CHECK((verdict.outcome == RISE_UNDECIDED) == (accept == 0));
    CHECK(rise_judge(checker, &crop, RISE_COLOUR | RISE_DEPTH, &verdict) == RISE_OK);
    CHECK(verdict.outcome != RISE_UNDECIDED);
  }
  rise_close(checker);
}

static void a_session_says_live_of_nothing_that_is_no_evidence() {
  rise_checker* checker = opened();
  rise_session* session = nullptr;
  rise_verdict seen, verdict;
  rise_frame frame{};
  rise_face face{};
  CHECK(rise_session_open(nullptr, RISE_COLOUR, nullptr, &session) == RISE_ERROR_ARGUMENT);
  CHECK(rise_session_open(checker, RISE_COLOUR, nullptr, nullptr) == RISE_ERROR_ARGUMENT);
  CHECK(rise_session_open(checker, RISE_DEPTH, nullptr, &session) == RISE_ERROR_ARGUMENT);
  CHECK(!session);
  CHECK(rise_session_open(checker, RISE_COLOUR, nullptr, &session) == RISE_OK);
  CHECK(rise_session_frame(nullptr, &frame, &face, 0, &seen, &verdict) == RISE_ERROR_ARGUMENT);
  CHECK(rise_session_frame(session, nullptr, &face, 0, &seen, &verdict) == RISE_ERROR_ARGUMENT);
  CHECK(rise_session_frame(session, &frame, &face, 0, nullptr, &verdict) == RISE_ERROR_ARGUMENT);
  CHECK(rise_session_frame(session, &frame, &face, 0, &seen, nullptr) == RISE_ERROR_ARGUMENT);
  CHECK(rise_session_frame(session, &frame, &face, 0, &seen, &verdict) == RISE_ERROR_ARGUMENT);
  std::vector<std::uint8_t> pixels(64 * 64 * 3, 90);
  const rise_plane plane = {pixels.data(), 64 * 64 * 3, 0, 0};
  const rise_image colour = {
      sizeof colour, RISE_RGB8, 64, 64, {plane, {}, {}}, {60, 60, 32, 32, {}, {}}};
  frame.colour = &colour;
  for (int i = 1; i < 200; ++i) {
    pixels[static_cast<std::size_t>(i % 9) * 21] = static_cast<std::uint8_t>(i);
    face = {{20, 20}, {40, 20}, {30, static_cast<float>(40 + i % 2)}};
    CHECK(rise_session_frame(session, &frame, &face, i * 33.0, &seen, &verdict) == RISE_OK);
    CHECK(seen.outcome == RISE_UNDECIDED && verdict.outcome == RISE_UNDECIDED);
  }
  rise_session_close(session);
  rise_session_close(nullptr);
  rise_close(checker);
}

template <typename Call>
static void only_its_own_size_is_taken(std::uint32_t& size, Call call) {
  const std::uint32_t own = size;
  for (const std::uint32_t wrong : {0U, 1U, own - 1, own + 1, 0xffffffffU}) {
    size = wrong;
    CHECK(call() == RISE_ERROR_ARGUMENT);
    CHECK(std::strstr(rise_last_error(), ("to be " + std::to_string(own)).c_str()));
    CHECK(size == wrong);
  }
  size = own;
  CHECK(call() == RISE_OK);
}

static void a_structure_of_an_unknown_size_is_refused() {
  rise_checker* checker = opened();
  rise_info info;
  rise_proof proof;
  rise_session_options options;
  only_its_own_size_is_taken(info.size, [&] { return rise_get_info(checker, &info); });
  only_its_own_size_is_taken(proof.size, [&] { return rise_selftest(checker, nullptr, &proof); });
  only_its_own_size_is_taken(options.size, [&] { return rise_session_options_default(&options); });
  only_its_own_size_is_taken(options.size, [&] {
    rise_session* session = nullptr;
    const rise_status status = rise_session_open(checker, RISE_COLOUR, &options, &session);
    CHECK((status == RISE_OK) == (session != nullptr));
    rise_session_close(session);
    return status;
  });
  const std::vector<std::uint8_t> pixels(64 * 64 * 3, 90);
  const rise_plane plane = {pixels.data(), 64 * 64 * 3, 0, 0};
  rise_image colour = {sizeof colour, RISE_RGB8, 64, 64, {plane, {}, {}}, {60, 60, 32, 32, {}, {}}};
  rise_frame frame;
  frame.colour = &colour;
  frame.depth = frame.infrared = nullptr;
  frame.rotation_deg = frame.mirrored = 0;
  const rise_face face = {{20, 20}, {40, 20}, {30, 40}};
  rise_verdict verdict;
  const auto check = [&] {
    verdict.outcome = RISE_LIVE;
    const rise_status status = rise_check(checker, &frame, &face, RISE_COLOUR, &verdict);
    CHECK(verdict.outcome == RISE_UNDECIDED);
    return status;
  };
  only_its_own_size_is_taken(frame.size, check);
  only_its_own_size_is_taken(colour.size, check);
  only_its_own_size_is_taken(verdict.size, check);
  rise_close(checker);
}

int main() {
  a_structure_of_an_unknown_size_is_refused();
  a_session_says_live_of_nothing_that_is_no_evidence();
  a_bundle_that_is_not_as_built_does_not_open();
  a_link_or_a_folder_in_a_files_place_is_refused();
  a_tampered_manifest_is_refused();
  a_file_that_is_no_model_is_refused_although_its_hash_is_right();
  golden_vectors_that_are_none_are_refused();
  null_pointers_and_values_of_no_name_are_refused();
  a_crop_of_another_size_or_of_nothing_is_refused();
  what_is_no_evidence_is_undecided_with_its_reason();
  colour_alone_decides_only_once_it_is_accepted();
}

#include "bundle/manifest.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>

#include "files/json.hpp"
#include "rise_edge.h"

namespace rise {
namespace {

constexpr int kFormat = 1;
constexpr int kMaxVersion = 2147483647;
constexpr std::size_t kMaxFiles = 256;
constexpr std::size_t kMaxRuntimes = 16;
constexpr double kLeastScatter = 1e-3;
constexpr std::uint32_t kEverySet = RISE_COLOUR | RISE_DEPTH | RISE_INFRARED;

[[noreturn]] void refuse(const std::string& field, const std::string& expected) {
  throw std::invalid_argument("expected " + field + " to be " + expected);
}

template <typename T>
const T& as(const Json& json, const std::string& field, const char* kind) {
  const T* found = std::get_if<T>(&json.value);
  if (!found) refuse(field, kind);
  return *found;
}

const Json::Object& object(const Json& json, const std::string& field) {
  return as<Json::Object>(json, field, "an object");
}

const Json::Object& table(const Json& json, const std::string& field, std::size_t most) {
  const auto& found = object(json, field);
  if (found.size() > most) refuse(field, "of " + std::to_string(most) + " entries at most");
  return found;
}

double number(const Json& json, const std::string& field) {
  return as<Json::Number>(json, field, "a number").value;
}

int integer(const Json& json, const std::string& field, int least, int most) {
  const auto& found = as<Json::Number>(json, field, "a whole number");
  if (!found.integral || !(found.value >= least && found.value <= most)) {
    refuse(field, "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return static_cast<int>(found.value);
}

std::uint32_t modalities(const std::string& name, const std::string& field) {
  for (std::uint32_t bits = 1; bits <= kEverySet; ++bits) {
    if (modality_set(bits) == name) return bits;
  }
  refuse(field, "keyed by sets of colour, depth and infrared, in that order, not " + name);
}

std::map<std::uint32_t, double> radii(const Json& json, const std::string& field) {
  std::map<std::uint32_t, double> found;
  for (const auto& [name, value] : object(json, field)) {
    const double radius = number(value, field + "." + name);
    if (!(radius > 0)) refuse(field + "." + name, "a positive number");
    found[modalities(name, field)] = radius;
  }
  return found;
}

void expect_errors(const Json& json, const std::string& field) {
  for (const auto& [name, value] : table(json, field, kMaxRuntimes)) {
    if (!(number(value, field + "." + name) >= 0)) refuse(field + "." + name, "a number >= 0");
  }
}

double scatter_number(const Json::Object& fields, const std::string& key,
                      const std::string& field) {
  const double found = number(fields.at(key), field + "." + key);
  if (!(found >= kLeastScatter)) refuse(field + "." + key, "a number >= 0.001");
  return found;
}

std::map<std::uint32_t, MarginScatter> scatter(const Json& json) {
  std::map<std::uint32_t, MarginScatter> found;
  for (const auto& [name, value] : object(json, "margin_scatter")) {
    const std::string field = "margin_scatter." + name;
    const auto& fields = object(value, field);
    if (fields.size() != 2 || !fields.count("std") || !fields.count("correlation_ms")) {
      refuse(field, "std and correlation_ms only");
    }
    found[modalities(name, "margin_scatter")] = {scatter_number(fields, "std", field),
                                                 scatter_number(fields, "correlation_ms", field)};
  }
  return found;
}

std::map<std::string, std::string> files(const Json& json) {
  std::map<std::string, std::string> found;
  const std::string foreign("/\\:\0", 4);
  for (const auto& [name, value] : table(json, "files", kMaxFiles)) {
    const bool plain = !name.empty() && name != "." && name != ".." && name != "manifest.json" &&
                       name != "manifest.sig" && name.find_first_of(foreign) == std::string::npos;
    if (!plain) refuse("files", "plain file names beside the manifest, not " + name);
    const auto& digest = as<std::string>(value, "files." + name, "text");
    if (digest.size() != 64 || digest.find_first_not_of("0123456789abcdef") != std::string::npos) {
      refuse("files." + name, "64 hexadecimal digits");
    }
    found[name] = digest;
  }
  return found;
}

void expect_fields(const Json::Object& fields) {
  static const std::set<std::string> kRequired = {
      "format",     "name",      "notice",
      "simulated",  "crop_size", "embedding_size",
      "radii",      "files",     "largest_radial_error",
      "provenance",
  };
  for (const auto& name : kRequired) {
    if (!fields.count(name)) throw std::invalid_argument("missing field " + name);
  }
  for (const auto& [name, value] : fields) {
    if (!kRequired.count(name) && name != "margin_scatter" && name != "version") {
      throw std::invalid_argument("unknown field " + name);
    }
  }
}

}  // namespace

Manifest parse_manifest(std::string_view text) {
  const Json json = parse_json(text);
  const auto& fields = object(json, "the manifest");
  if (fields.count("format")) integer(fields.at("format"), "format", kFormat, kFormat);
  expect_fields(fields);
  Manifest found;
  found.name = as<std::string>(fields.at("name"), "name", "text");
  found.notice = as<std::string>(fields.at("notice"), "notice", "text");
  found.simulated = as<bool>(fields.at("simulated"), "simulated", "true or false");
  found.crop_size = integer(fields.at("crop_size"), "crop_size", 16, 1024);
  found.embedding_size = integer(fields.at("embedding_size"), "embedding_size", 1, 65536);
  for (const auto& [runtime, by_set] : table(fields.at("radii"), "radii", kMaxRuntimes)) {
    found.radii[runtime] = radii(by_set, "radii." + runtime);
  }
  found.files = files(fields.at("files"));
  object(fields.at("provenance"), "provenance");
  expect_errors(fields.at("largest_radial_error"), "largest_radial_error");
  if (fields.count("margin_scatter")) found.margin_scatter = scatter(fields.at("margin_scatter"));
  if (fields.count("version")) {
    found.version = integer(fields.at("version"), "version", 0, kMaxVersion);
  }
  if (found.name.empty()) refuse("name", "some text");
  if (found.simulated && found.notice.empty())
    refuse("notice", "a warning, since simulated is true");
  if (found.radii.empty()) refuse("radii", "of at least one runtime");
  return found;
}

std::string modality_set(std::uint32_t modalities) {
  std::string name;
  const auto append = [&](std::uint32_t bit, const char* word) {
    if (modalities & bit) name += (name.empty() ? "" : "+") + std::string(word);
  };
  append(RISE_COLOUR, "colour");
  append(RISE_DEPTH, "depth");
  append(RISE_INFRARED, "infrared");
  return name;
}

}  // namespace rise

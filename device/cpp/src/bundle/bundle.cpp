#include "bundle/bundle.hpp"

#include <fstream>
#include <stdexcept>
#include <string_view>

#include "bundle/signature.hpp"
#include "failure.hpp"
#include "files/sha256.hpp"

namespace rise {
namespace {

constexpr const char* kManifest = "manifest.json";
constexpr const char* kSignature = "manifest.sig";
constexpr std::uintmax_t kMaxManifestBytes = 256 * 1024;
constexpr std::uintmax_t kMaxFileBytes = 256 * 1024 * 1024;
constexpr std::uintmax_t kMaxBundleBytes = 1024 * 1024 * 1024;

}  // namespace

Bytes read_plain_file(const std::filesystem::path& path, std::uintmax_t max_bytes) {
  std::error_code error;
  const auto kind = std::filesystem::symlink_status(path, error).type();
  if (kind != std::filesystem::file_type::regular) {
    throw Failure(RISE_ERROR_BUNDLE,
                  "expected the file " + path.string() + ", there is none; copy the bundle again");
  }
  const auto size = std::filesystem::file_size(path, error);
  if (error || size > max_bytes) {
    throw Failure(RISE_ERROR_BUNDLE, "expected " + path.string() + " of at most " +
                                         std::to_string(max_bytes) + " bytes");
  }
  Bytes content(static_cast<std::size_t>(size));
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(content.data()), static_cast<std::streamsize>(content.size()));
  if (!file || file.gcount() != static_cast<std::streamsize>(content.size())) {
    throw Failure(RISE_ERROR_BUNDLE, "cannot read " + path.string() + "; check its permissions");
  }
  return content;
}

Bundle::Bundle(const std::filesystem::path& folder, const Pin* pin) : folder_(folder) {
  std::error_code error;
  if (!std::filesystem::is_directory(folder_, error)) {
    throw Failure(RISE_ERROR_BUNDLE,
                  "expected a model bundle folder at " + where() + ", found none");
  }
  const Bytes content = read_plain_file(folder_ / kManifest, kMaxManifestBytes);
  if (pin) {
    expect_signature(content, read_plain_file(folder_ / kSignature, kSignatureBytes),
                     pin->public_key);
  }
  try {
    manifest_ = parse_manifest({reinterpret_cast<const char*>(content.data()), content.size()});
  } catch (const std::invalid_argument& refused) {
    throw Failure(RISE_ERROR_BUNDLE,
                  "bundle " + where() + ": manifest.json is not usable: " + refused.what());
  }
  identity_ = sha256_hex(content);
  if (pin && manifest_.version < pin->least_version) {
    throw Failure(RISE_ERROR_BUNDLE, "bundle " + where() + ": expected version " +
                                         std::to_string(pin->least_version) + " or later, got " +
                                         std::to_string(manifest_.version) +
                                         "; install the newer bundle again");
  }
  std::uintmax_t total_bytes = 0;
  for (const auto& entry : manifest_.files) {
    total_bytes += read(entry.first).size();
    if (total_bytes > kMaxBundleBytes) {
      throw Failure(RISE_ERROR_BUNDLE, "bundle " + where() + ": expected at most " +
                                           std::to_string(kMaxBundleBytes) + " bytes in all");
    }
  }
}

Bytes Bundle::read(const std::string& name) const {
  const auto expected = manifest_.files.find(name);
  if (expected == manifest_.files.end()) {
    throw Failure(RISE_ERROR_BUNDLE, "bundle " + where() + ": expected it to hold " + name +
                                         ", its manifest does not; build one that does");
  }
  Bytes content = read_plain_file(folder_ / name, kMaxFileBytes);
  const std::string digest = sha256_hex(content);
  if (digest != expected->second) {
    throw Failure(RISE_ERROR_BUNDLE, "bundle " + where() + ": " + name +
                                         " was altered: expected sha256 " +
                                         expected->second.substr(0, 12) + "..., got " +
                                         digest.substr(0, 12) + "...; copy the bundle again");
  }
  return content;
}

}  // namespace rise

// The model bundle: a folder whose manifest names every other file with its sha256.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "bundle/manifest.hpp"

namespace rise {

using Bytes = std::vector<std::uint8_t>;

// What only the owner of a public key can give: their signature over a version not too old.
struct Pin {
  const std::uint8_t* public_key;  // 32 bytes
  int least_version;
};

class Bundle {
 public:
  // Opens a bundle after checking its signature, if there is a pin, and the hash of every file.
  // Throws Failure.
  explicit Bundle(const std::filesystem::path& folder, const Pin* pin = nullptr);

  const Manifest& manifest() const { return manifest_; }
  const std::string& identity() const { return identity_; }
  std::string where() const { return folder_.string(); }

  // The bytes of one file, checked again. Throws Failure.
  Bytes read(const std::string& name) const;

 private:
  std::filesystem::path folder_;
  Manifest manifest_;
  std::string identity_;
};

// The bytes of a plain file of at most so many bytes; links are refused. Throws Failure.
Bytes read_plain_file(const std::filesystem::path& path, std::uintmax_t max_bytes);

}  // namespace rise

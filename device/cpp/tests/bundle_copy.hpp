// A copy of the demonstration bundle that a test may break.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

class BundleCopy {
 public:
  BundleCopy() : path(std::filesystem::temp_directory_path() / unique_name()) {
    std::filesystem::copy(RISE_TEST_BUNDLE, path);
  }
  ~BundleCopy() { std::filesystem::remove_all(path); }
  BundleCopy(const BundleCopy&) = delete;
  BundleCopy& operator=(const BundleCopy&) = delete;

  std::string read(const char* name) const {
    std::ifstream file(path / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  void write(const char* name, const std::string& content) const {
    std::ofstream(path / name, std::ios::binary) << content;
  }

  // Writes another file, and its hash into the manifest.
  template <typename Hash>
  void replace(const char* name, const std::string& content, Hash sha256) const {
    std::string manifest = read("manifest.json");
    const std::string before = sha256(read(name));
    manifest.replace(manifest.find(before), before.size(), sha256(content));
    write(name, content);
    write("manifest.json", manifest);
  }

  const std::filesystem::path path;

 private:
  static std::string unique_name() {
    static int count = 0;
    const auto* place = static_cast<const void*>(&count);
    return "rise_edge_" + std::to_string(reinterpret_cast<std::uintptr_t>(place)) + "_" +
           std::to_string(++count);
  }
};

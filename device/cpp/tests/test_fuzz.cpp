// Twenty thousand manifests and golden files with a few bytes changed: each is read or refused.
#include <algorithm>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "bundle/manifest.hpp"
#include "bundle_copy.hpp"
#include "check.hpp"
#include "files/npz.hpp"

using Bytes = std::vector<std::uint8_t>;

// The content with one to eight bytes changed, cut out or put in.
static Bytes mutated(Bytes content, std::mt19937& random) {
  const auto below = [&](std::size_t limit) { return random() % limit; };
  for (std::size_t i = below(8) + 1; i > 0 && !content.empty(); --i) {
    const auto at = content.begin() + static_cast<std::ptrdiff_t>(below(content.size()));
    switch (below(4)) {
      case 0:
        *at = static_cast<std::uint8_t>(random());
        break;
      case 1:
        *at ^= static_cast<std::uint8_t>(1U << below(8));
        break;
      case 2:
        content.erase(at, at + std::min<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(below(64)),
                                                        content.end() - at));
        break;
      default:
        content.insert(at, static_cast<std::uint8_t>("{}[]\",:0-9eE.\\u\0\xff"[below(18)]));
    }
  }
  return content;
}

template <typename Read>
static int count_refused(const Bytes& sound, int rounds, Read read) {
  std::mt19937 random(7);
  int refused = 0;
  for (int round = 0; round < rounds; ++round) {
    try {
      read(mutated(sound, random));
    } catch (const std::invalid_argument&) {
      ++refused;
    }
  }
  return refused;
}

int main() {
  const BundleCopy copy;
  const std::string manifest = copy.read("manifest.json"), golden = copy.read("golden.npz");
  const int manifests =
      count_refused({manifest.begin(), manifest.end()}, 18000, [](const Bytes& bytes) {
        rise::parse_manifest({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
      });
  // The small arrays alone: a pixel that is changed needs no parser to be found out.
  const std::vector<std::string> names = {"present", "norm_onnx", "norm_executorch"};
  const int archives = count_refused({golden.begin(), golden.end()}, 2000,
                                     [&](const Bytes& bytes) { rise::read_npz(bytes, names); });
  CHECK(manifests > 9000 && archives > 0);
  std::printf("%d of 18000 manifests and %d of 2000 golden files refused\n", manifests, archives);
}

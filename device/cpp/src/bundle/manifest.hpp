// The manifest of a bundle, held to the rules of Python's `rise_edge.bundle.bundle.Manifest`.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace rise {

// How the relative margins of one presentation scatter; see Python's `rise_edge.decision.sequential_test`. The
// defaults are for sets of modalities that were not measured.
struct MarginScatter {
  double std = 0.25;
  double correlation_ms = 150;
};

struct Manifest {
  std::string name;
  std::string notice;
  bool simulated = false;
  int version = 0;  // that only ever grows from one release of a model to the next
  int crop_size = 0;
  int embedding_size = 0;
  std::map<std::string, std::map<std::uint32_t, double>> radii;  // runtime -> modalities -> radius
  std::map<std::uint32_t, MarginScatter> margin_scatter;         // modalities -> scatter
  std::map<std::string, std::string> files;                      // file name -> sha256
};

// Throws std::invalid_argument, which says what was expected.
Manifest parse_manifest(std::string_view text);

// "colour+depth" for RISE_COLOUR | RISE_DEPTH; empty for none.
std::string modality_set(std::uint32_t modalities);

}  // namespace rise

// Model: what runs a bundle's network. Raw pixels in, an embedding and its norm out.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "bundle/bundle.hpp"
#include "rise_edge.h"

namespace rise {

struct Embedding {
  std::vector<float> vector;
  float norm = 0;
};

// The inputs of the tensor contract (Python: `rise_edge.bundle.bundle.Manifest`), for one crop.
struct Inputs {
  std::vector<std::uint8_t> colour;    // size * size * 3, RGB
  std::vector<std::int32_t> depth_mm;  // size * size
  std::vector<std::uint8_t> infrared;  // size * size
  std::array<float, 3> present{};      // of colour, depth, infrared
};

class Model {
 public:
  virtual ~Model() = default;

  // Where the next crop's pixels are to be written.
  Inputs inputs;

  // Embeds what `inputs` holds. Throws Failure.
  virtual Embedding run() = 0;

 protected:
  explicit Model(int crop_size);
};

// Throws Failure if this build has no such runtime, or the runtime refuses the model.
std::unique_ptr<Model> open_model(const Bundle& bundle, rise_runtime runtime, int threads);

// "executorch", "onnx" or "onnx_float", as manifests name it.
const char* runtime_name(rise_runtime runtime);

}  // namespace rise

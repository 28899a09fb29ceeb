// Whether an ONNX model is whole, or takes tensors from files beside it: onnxruntime would read
// those from the working directory, and nobody hashed them. As Python's
// `rise_edge.runtimes.external_data`.
#pragma once

#include <cstdint>
#include <vector>

namespace rise {

// Throws std::invalid_argument unless every tensor of a model is in the model itself.
void expect_whole(const std::vector<std::uint8_t>& model);

}  // namespace rise

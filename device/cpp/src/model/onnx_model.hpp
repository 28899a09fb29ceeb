// model.onnx and model_float.onnx on onnxruntime.
#pragma once

#include <memory>

#include "model/model.hpp"

namespace rise {

// Throws Failure if onnxruntime refuses the model or it breaks the tensor contract.
std::unique_ptr<Model> open_onnx(const Bytes& content, int crop_size, int embedding_size,
                                 int threads);

}  // namespace rise

// model.pte on ExecuTorch.
#pragma once

#include <memory>

#include "model/model.hpp"

namespace rise {

// Throws Failure if ExecuTorch refuses the model or it breaks the tensor contract.
std::unique_ptr<Model> open_executorch(Bytes content, int crop_size, int embedding_size,
                                       int threads);

}  // namespace rise

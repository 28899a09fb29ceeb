#include "model/executorch_model.hpp"

#include <executorch/extension/data_loader/buffer_data_loader.h>
#include <executorch/extension/module/module.h>
#include <executorch/extension/tensor/tensor.h>
#include <executorch/extension/threadpool/threadpool_guard.h>

#include <optional>
#include <string>

#include "failure.hpp"

namespace rise {
namespace {

using executorch::aten::ScalarType;
using executorch::extension::BufferDataLoader;
using executorch::extension::from_blob;
using executorch::extension::Module;
using executorch::extension::TensorPtr;
using executorch::extension::threadpool::NoThreadPoolGuard;
using executorch::runtime::Error;
using executorch::runtime::EValue;

void expect_ok(Error error, const char* step) {
  if (error == Error::Ok) return;
  throw Failure(RISE_ERROR_RUNTIME, std::string("ExecuTorch refuses the model when it is ") + step +
                                        ": " + executorch::runtime::to_string(error));
}

class ExecutorchModel final : public Model {
 public:
  ExecutorchModel(Bytes content, int size, int width, int threads)
      : Model(size),
        content_(std::move(content)),
        width_(width),
        alone_(threads == 1),
        module_(std::make_unique<BufferDataLoader>(content_.data(), content_.size())) {
    const auto guard = on_this_thread();
    expect_ok(module_.load(executorch::runtime::Program::Verification::InternalConsistency),
              "read");
    expect_ok(module_.load_forward(), "loaded");
    tensors_ = {from_blob(inputs.colour.data(), {1, size, size, 3}, ScalarType::Byte),
                from_blob(inputs.depth_mm.data(), {1, size, size}, ScalarType::Int),
                from_blob(inputs.infrared.data(), {1, size, size}, ScalarType::Byte),
                from_blob(inputs.present.data(), {1, 3}, ScalarType::Float)};
    values_.assign(tensors_.begin(), tensors_.end());
    run();  // a model that breaks the contract is told now, not before a face
  }

  Embedding run() override {
    const auto guard = on_this_thread();
    const auto outputs = module_.forward(values_);
    expect_ok(outputs.error(), "run");
    const auto& given = outputs.get();
    if (given.size() != 2 || !is(given[0], 2, width_) || !is(given[1], 1, 1)) {
      throw Failure(RISE_ERROR_RUNTIME, "expected the model to give an embedding (1, " +
                                            std::to_string(width_) +
                                            ") and a norm (1,); the bundle's manifest is wrong");
    }
    const float* vector = given[0].toTensor().const_data_ptr<float>();
    return {{vector, vector + width_}, *given[1].toTensor().const_data_ptr<float>()};
  }

 private:
  // XNNPACK takes the calling thread alone for what is loaded and run under this guard.
  std::optional<NoThreadPoolGuard> on_this_thread() const {
    std::optional<NoThreadPoolGuard> guard;
    if (alone_) guard.emplace();
    return guard;
  }

  static bool is(const EValue& value, int axes, int items) {
    return value.isTensor() && value.toTensor().scalar_type() == ScalarType::Float &&
           value.toTensor().dim() == axes && value.toTensor().numel() == items;
  }

  Bytes content_;  // the module reads it as long as it lives
  int width_;
  bool alone_;
  Module module_;
  std::vector<TensorPtr> tensors_;
  std::vector<EValue> values_;
};

}  // namespace

std::unique_ptr<Model> open_executorch(Bytes content, int crop_size, int embedding_size,
                                       int threads) {
  return std::make_unique<ExecutorchModel>(std::move(content), crop_size, embedding_size, threads);
}

}  // namespace rise

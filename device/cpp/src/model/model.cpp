#include "model/model.hpp"

#include <string>

#include "failure.hpp"
#ifdef RISE_WITH_EXECUTORCH
#include "model/executorch_model.hpp"
#endif
#ifdef RISE_WITH_ONNXRUNTIME
#include "model/onnx_model.hpp"
#endif

namespace rise {

Model::Model(int crop_size) {
  const auto pixels = static_cast<std::size_t>(crop_size) * static_cast<std::size_t>(crop_size);
  inputs.colour.resize(pixels * 3);
  inputs.depth_mm.resize(pixels);
  inputs.infrared.resize(pixels);
}

const char* runtime_name(rise_runtime runtime) {
  switch (runtime) {
    case RISE_EXECUTORCH:
      return "executorch";
    case RISE_ONNX:
      return "onnx";
    case RISE_ONNX_FLOAT:
      return "onnx_float";
  }
  throw Failure(RISE_ERROR_ARGUMENT, "expected a runtime of rise_runtime, got " +
                                         std::to_string(static_cast<int>(runtime)));
}

std::unique_ptr<Model> open_model(const Bundle& bundle, rise_runtime runtime, int threads) {
  [[maybe_unused]] const int size = bundle.manifest().crop_size;
  [[maybe_unused]] const int width = bundle.manifest().embedding_size;
#ifdef RISE_WITH_EXECUTORCH
  if (runtime == RISE_EXECUTORCH) {
    return open_executorch(bundle.read("model.pte"), size, width, threads);
  }
#endif
#ifdef RISE_WITH_ONNXRUNTIME
  if (runtime == RISE_ONNX) return open_onnx(bundle.read("model.onnx"), size, width, threads);
  if (runtime == RISE_ONNX_FLOAT) {
    return open_onnx(bundle.read("model_float.onnx"), size, width, threads);
  }
#endif
  (void)threads;
  throw Failure(RISE_ERROR_RUNTIME, std::string("expected the runtime ") + runtime_name(runtime) +
                                        ", this build has none; see device/cpp/README.md");
}

}  // namespace rise

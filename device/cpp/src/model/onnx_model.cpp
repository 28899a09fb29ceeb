#include "model/onnx_model.hpp"

#define ORT_API_MANUAL_INIT  // else an older library ends the process while it is being loaded
#include <onnxruntime_cxx_api.h>

#include <stdexcept>
#include <string>

#include "failure.hpp"
#include "model/external_data.hpp"
#include "model/saturation.hpp"

namespace rise {
namespace {

constexpr const char* kInputs[] = {"colour", "depth_mm", "infrared", "present"};
constexpr const char* kOutputs[] = {"embedding", "norm"};

void start_onnxruntime() {
  const OrtApi* api = OrtGetApiBase()->GetApi(ORT_API_VERSION);
  if (!api) {
    throw Failure(RISE_ERROR_RUNTIME, "expected an onnxruntime of at least the headers' version " +
                                          std::to_string(ORT_API_VERSION) + ", got " +
                                          OrtGetApiBase()->GetVersionString());
  }
  Ort::InitApi(api);
}

Ort::Env& environment() {
  static Ort::Env found(ORT_LOGGING_LEVEL_ERROR, "rise_edge");
  return found;
}

Ort::SessionOptions options(int threads) {
  Ort::SessionOptions found;
  found.SetIntraOpNumThreads(threads);
  found.SetInterOpNumThreads(1);
  ask_for_exact_sums(found, environment());
  // onnxruntime's own format could name files too, and nobody builds bundles in it.
  found.AddConfigEntry("session.load_model_format", "ONNX");
  return found;
}

class OnnxModel final : public Model {
 public:
  OnnxModel(const Bytes& content, int size, int width, int threads)
      : Model(size),
        width_(width),
        session_(environment(), content.data(), content.size(), options(threads)) {
    const auto memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
    const auto tensor = [&](auto& values, std::vector<std::int64_t> shape) {
      tensors_.push_back(Ort::Value::CreateTensor(memory, values.data(), values.size(),
                                                  shape.data(), shape.size()));
    };
    tensor(inputs.colour, {1, size, size, 3});
    tensor(inputs.depth_mm, {1, size, size});
    tensor(inputs.infrared, {1, size, size});
    tensor(inputs.present, {1, 3});
    run();  // a model that breaks the contract is told now, not before a face
  }

  Embedding run() override {
    try {
      const auto given = session_.Run(Ort::RunOptions{nullptr}, kInputs, tensors_.data(),
                                      tensors_.size(), kOutputs, 2);
      if (!is(given[0], {1, width_}) || !is(given[1], {1})) {
        throw Failure(RISE_ERROR_RUNTIME, "expected the model to give an embedding (1, " +
                                              std::to_string(width_) +
                                              ") and a norm (1,); the bundle's manifest is wrong");
      }
      const float* vector = given[0].GetTensorData<float>();
      return {{vector, vector + width_}, *given[1].GetTensorData<float>()};
    } catch (const Ort::Exception& error) {
      throw Failure(RISE_ERROR_RUNTIME,
                    std::string("onnxruntime refuses the model: ") + error.what());
    }
  }

 private:
  static bool is(const Ort::Value& value, const std::vector<std::int64_t>& shape) {
    const auto info = value.GetTensorTypeAndShapeInfo();
    return info.GetElementType() == ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT && info.GetShape() == shape;
  }

  int width_;
  Ort::Session session_;
  std::vector<Ort::Value> tensors_;
};

}  // namespace

std::unique_ptr<Model> open_onnx(const Bytes& content, int crop_size, int embedding_size,
                                 int threads) {
  start_onnxruntime();
  try {
    expect_whole(content);
    return std::make_unique<OnnxModel>(content, crop_size, embedding_size, threads);
  } catch (const Ort::Exception& error) {
    throw Failure(RISE_ERROR_RUNTIME,
                  std::string("onnxruntime refuses the model: ") + error.what());
  } catch (const std::invalid_argument& refused) {
    throw Failure(RISE_ERROR_RUNTIME, refused.what());
  }
}

}  // namespace rise

#include "model/external_data.hpp"

#include <cstddef>
#include <stdexcept>

namespace rise {
namespace {

constexpr int kMaxMessageDepth = 100;  // that protobuf itself reads

// The messages of onnx.proto that can hold a tensor.
enum class Message { none, model, training, function, graph, node, attribute, sparse, tensor };

Message inside(Message message, std::uint64_t field) {
  switch (message) {
    case Message::model:
      if (field == 7) return Message::graph;
      if (field == 20) return Message::training;
      return field == 25 ? Message::function : Message::none;
    case Message::training:
      return field == 1 || field == 2 ? Message::graph : Message::none;
    case Message::function:
      if (field == 7) return Message::node;
      return field == 11 ? Message::attribute : Message::none;
    case Message::graph:
      if (field == 1) return Message::node;
      if (field == 5) return Message::tensor;
      return field == 15 ? Message::sparse : Message::none;
    case Message::node:
      return field == 5 ? Message::attribute : Message::none;
    case Message::attribute:
      if (field == 5 || field == 10) return Message::tensor;
      if (field == 6 || field == 11) return Message::graph;
      return field == 22 || field == 23 ? Message::sparse : Message::none;
    case Message::sparse:
      return field == 1 || field == 2 ? Message::tensor : Message::none;
    default:
      return Message::none;
  }
}

class Reader {
 public:
  Reader(const std::uint8_t* at, const std::uint8_t* end) : at_(at), end_(end) {}

  bool done() const { return at_ == end_; }

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 70 && at_ != end_; shift += 7) {
      const std::uint8_t byte = *at_++;
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw std::invalid_argument("expected a whole ONNX model, got a number that does not end");
  }

  Reader part(std::uint64_t length) {
    if (length > static_cast<std::uint64_t>(end_ - at_)) {
      throw std::invalid_argument("expected a whole ONNX model, got a part of one");
    }
    const Reader found(at_, at_ + length);
    at_ += length;
    return found;
  }

 private:
  const std::uint8_t* at_;
  const std::uint8_t* end_;
};

void examine(Reader content, Message message, int depth) {
  if (depth == 0) throw std::invalid_argument("expected a model of at most 100 nested messages");
  while (!content.done()) {
    const std::uint64_t key = content.number(), field = key >> 3, kind = key & 7;
    std::uint64_t value = 1;
    Reader part(nullptr, nullptr);
    if (kind == 0) {
      value = content.number();
    } else if (kind == 2) {
      part = content.part(content.number());
    } else if (kind == 1 || kind == 5) {
      part = content.part(kind == 1 ? 8 : 4);
    } else {
      throw std::invalid_argument("expected an ONNX model, got a field of an unknown kind");
    }
    // A tensor's external_data and data_location.
    if (message == Message::tensor && (field == 13 || (field == 14 && value != 0))) {
      throw std::invalid_argument(
          "expected a model that is whole, got one that takes data from files");
    }
    const Message inner = inside(message, field);
    if (inner != Message::none && kind != 0) examine(part, inner, depth - 1);
  }
}

}  // namespace

void expect_whole(const std::vector<std::uint8_t>& model) {
  examine({model.data(), model.data() + model.size()}, Message::model, kMaxMessageDepth);
}

}  // namespace rise

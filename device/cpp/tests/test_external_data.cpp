// A model that takes tensors from other files is refused, wherever the tensor is.
#include <stdexcept>
#include <string>
#include <vector>

#include "bundle_copy.hpp"
#include "check.hpp"
#include "model/external_data.hpp"

static bool is_whole(const std::string& model) {
  try {
    rise::expect_whole({model.begin(), model.end()});
    return true;
  } catch (const std::invalid_argument&) {
    return false;
  }
}

// A field that holds a message of fewer than 128 bytes.
static std::string field(int number, const std::string& content) {
  std::string key(1, static_cast<char>(((number << 3) | 2) & 0x7f));
  if (number >= 16) {
    key[0] = static_cast<char>(key[0] | 0x80);
    key += static_cast<char>(number >> 4);
  }
  return key + static_cast<char>(content.size()) + content;
}

static void a_reference_is_found_on_every_way_to_a_tensor() {
  for (const std::string& tensor : {std::string("\x70\x01", 2), field(13, "")}) {
    const std::string attribute = field(5, tensor), node = field(5, attribute);
    for (const std::string& model :
         {field(7, field(5, tensor)), field(7, field(1, node)),
          field(7, field(15, field(1, tensor))), field(7, field(15, field(2, tensor))),
          field(7, field(1, field(5, field(10, tensor)))),
          field(7, field(1, field(5, field(6, field(1, node))))),
          field(7, field(1, field(5, field(11, field(5, tensor))))),
          field(7, field(1, field(5, field(22, field(1, tensor))))),
          field(7, field(1, field(5, field(23, field(2, tensor))))),
          field(20, field(1, field(5, tensor))), field(20, field(2, field(5, tensor))),
          field(25, field(7, node)), field(25, field(11, attribute))}) {
      CHECK(!is_whole(model));
    }
  }
  CHECK(is_whole(field(7, field(5, std::string("\x70\x00", 2)))));  // in the model: the default
  CHECK(is_whole(field(7, field(5, field(9, field(13, "raw data"))))));
}

static void what_is_no_message_is_refused() {
  for (const std::string& model :
       {std::string("\x3a"), std::string("\x3a\x05x"), std::string("\x3b"), std::string("\x3f"),
        std::string(20, '\xff'), std::string("\x39\x00", 2)}) {
    CHECK(!is_whole(model));
  }
}

static void the_shipped_models_are_whole() {
  const BundleCopy copy;
  for (const char* name : {"model.onnx", "model_float.onnx"}) {
    const std::string model = copy.read(name);
    CHECK(model.size() > 100000 && is_whole(model));
    CHECK(!is_whole(model.substr(0, model.size() - 1)));
  }
}

int main() {
  a_reference_is_found_on_every_way_to_a_tensor();
  what_is_no_message_is_refused();
  the_shipped_models_are_whole();
}

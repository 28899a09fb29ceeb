// Prove on this device that a bundle decides as it was built to:
//     selftest BUNDLE [executorch|onnx|onnx_float] [GOLDEN]
// Prints what `python -m rise_edge.selftest` prints; 0 if every decision is the same.
#include <rise_edge.h>

#include <cstdio>
#include <string>

static int refused() {
  std::fprintf(stderr, "error: %s\n", rise_last_error());
  return 4;
}

int main(int count, char** words) {
  if (count < 2) {
    std::fprintf(stderr, "usage: %s BUNDLE [executorch|onnx|onnx_float] [GOLDEN]\n", words[0]);
    return 2;
  }
  const std::string asked = count > 2 ? words[2] : "executorch";
  const rise_runtime runtime = asked == "onnx"         ? RISE_ONNX
                               : asked == "onnx_float" ? RISE_ONNX_FLOAT
                                                       : RISE_EXECUTORCH;
  rise_checker* checker = nullptr;
  if (rise_open(words[1], runtime, 1, &checker) != RISE_OK) return refused();
  rise_info info{};
  rise_get_info(checker, &info);
  std::printf("bundle %s, identity %s\n", info.name, info.identity);
  rise_proof proof{};
  const rise_status status = rise_selftest(checker, count > 3 ? words[3] : nullptr, &proof);
  rise_close(checker);
  if (status != RISE_OK) return refused();
  std::printf("%s\n", proof.line);
  return proof.holds ? 0 : 1;
}

// Time crops: speed BUNDLE [executorch|onnx|onnx_float] CROP_FILE
// The file holds one crop: colour, depth_mm u16, infrared. Each line that comes in asks for a
// number of runs and is answered with the median milliseconds of one; `speed.py` takes turns with
// Python.
#include <rise_edge.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

static double median_ms(rise_checker* checker, const rise_crop& crop, int runs) {
  std::vector<double> laps;
  for (int i = 0; i < runs; ++i) {
    const auto start = std::chrono::steady_clock::now();
    rise_reading reading;
    if (rise_read(checker, &crop, &reading, nullptr, 0) != RISE_OK) return -1;
    laps.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
            .count());
  }
  std::nth_element(laps.begin(), laps.begin() + runs / 2, laps.end());
  return laps[static_cast<std::size_t>(runs / 2)];
}

int main(int count, char** words) {
  if (count != 4) {
    std::fprintf(stderr, "usage: %s BUNDLE executorch|onnx|onnx_float CROP_FILE\n", words[0]);
    return 2;
  }
  const std::string asked = words[2];
  const rise_runtime runtime = asked == "onnx"         ? RISE_ONNX
                               : asked == "onnx_float" ? RISE_ONNX_FLOAT
                                                       : RISE_EXECUTORCH;
  rise_checker* checker = nullptr;
  rise_info info{};
  if (rise_open(words[1], runtime, 1, &checker) != RISE_OK ||
      rise_get_info(checker, &info) != RISE_OK) {
    std::fprintf(stderr, "error: %s\n", rise_last_error());
    return 4;
  }
  std::ifstream file(words[3], std::ios::binary);
  const std::vector<char> raw{std::istreambuf_iterator<char>(file), {}};
  const auto pixels =
      static_cast<std::size_t>(info.crop_size) * static_cast<std::size_t>(info.crop_size);
  if (raw.size() != pixels * 6) {
    std::fprintf(stderr, "error: expected a crop of %zu bytes, got %zu\n", pixels * 6, raw.size());
    return 2;
  }
  std::vector<uint16_t> depth_mm(pixels);
  std::copy_n(raw.begin() + static_cast<std::ptrdiff_t>(pixels * 3), pixels * 2,
              reinterpret_cast<char*>(depth_mm.data()));
  const auto* bytes = reinterpret_cast<const uint8_t*>(raw.data());
  const rise_crop crop = {info.crop_size, bytes, depth_mm.data(), bytes + pixels * 5, 0, 0, 0};
  for (int runs = 0; std::scanf("%d", &runs) == 1 && runs > 0;) {
    std::printf("%.6f\n", median_ms(checker, crop, runs));
    std::fflush(stdout);
  }
  rise_close(checker);
}

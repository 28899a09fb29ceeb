// Saturation: whether this processor's fast int8 kernels cut sums off; see Python's
// `rise_edge.runtimes.saturation`.
#pragma once

#include <onnxruntime_cxx_api.h>

namespace rise {

// Let a session compute exactly, on a processor whose fast kernels do not. Throws Ort::Exception.
void ask_for_exact_sums(Ort::SessionOptions& options, Ort::Env& environment);

}  // namespace rise

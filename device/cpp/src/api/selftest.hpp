// Self-test: prove on this device that a bundle decides as it was built to.
#pragma once

#include "bundle/bundle.hpp"
#include "model/model.hpp"
#include "rise_edge.h"

namespace rise {

// Runs golden vectors: the content of a golden.npz, as Python's `rise_edge.selftest` describes it.
// Throws Failure if they are not usable.
rise_proof prove(Model& model, const Manifest& manifest, const char* runtime, const Bytes& golden);

}  // namespace rise

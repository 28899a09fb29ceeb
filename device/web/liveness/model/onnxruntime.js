// onnxruntime-web on its WebAssembly back end, on one thread.

import * as ort from "../../onnxruntime-web/ort.wasm.min.mjs";

ort.env.wasm.numThreads = 1; // more need cross-origin isolation, and these networks are small

export const { Tensor } = ort;

/** Open a model from its bytes. */
export function openSession(content) {
  return ort.InferenceSession.create(content, { executionProviders: ["wasm"], logSeverityLevel: 3 });
}

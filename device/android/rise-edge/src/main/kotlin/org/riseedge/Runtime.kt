package org.riseedge

/** What runs the bundle's model; the numbers are those of `rise_runtime`. */
enum class Runtime(internal val code: Int) {
    /** `model.pte`, int8 on XNNPACK. */
    EXECUTORCH(0),

    /** `model.onnx`, int8 on onnxruntime. */
    ONNX(1),

    /** `model_float.onnx`, full precision on onnxruntime. */
    ONNX_FLOAT(2),
}

package org.riseedge

/**
 * What a bundle says of itself.
 *
 * @property notice to be shown at every start; not empty for simulated training data.
 * @property identity sha256 of the manifest in hexadecimal; stands for the whole bundle.
 * @property runtime as manifests name it: `executorch`, `onnx` or `onnx_float`.
 * @property simulated whether the training data was simulated.
 */
data class Info(
    val name: String,
    val notice: String,
    val identity: String,
    val runtime: String,
    val simulated: Boolean,
    val cropSize: Int,
    val embeddingSize: Int,
)

import CRiseEdge

/// What runs the bundle's model.
public enum Runtime: Sendable {
    /// `model.pte`, int8 on XNNPACK.
    case executorch
    /// `model.onnx`, int8 on onnxruntime; `build_core.sh` does not build it in.
    case onnx
    /// `model_float.onnx`, full precision on onnxruntime.
    case onnxFloat

    var c: rise_runtime {
        switch self {
        case .executorch: return RISE_EXECUTORCH
        case .onnx: return RISE_ONNX
        case .onnxFloat: return RISE_ONNX_FLOAT
        }
    }
}

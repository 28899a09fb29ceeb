import CRiseEdge
import Foundation

/// A call failed, and nothing was decided. The text says what was expected, what came and what to do.
public enum RiseEdgeError: LocalizedError {
    case argument(String)
    /// Missing, incomplete, altered or of an unknown format.
    case bundle(String)
    /// This build has no such runtime, or the runtime refuses the model.
    case runtime(String)
    /// No radius was calibrated for these modalities.
    case modalities(String)
    case memory(String)
    case `internal`(String)

    public var errorDescription: String? {
        switch self {
        case .argument(let text), .bundle(let text), .runtime(let text), .modalities(let text),
             .memory(let text), .internal(let text):
            return text
        }
    }
}

/// Throw what the last call of this thread refused.
func succeed(_ status: rise_status) throws {
    if status == RISE_OK { return }
    let text = String(cString: rise_last_error())
    switch status {
    case RISE_ERROR_ARGUMENT: throw RiseEdgeError.argument(text)
    case RISE_ERROR_BUNDLE: throw RiseEdgeError.bundle(text)
    case RISE_ERROR_RUNTIME: throw RiseEdgeError.runtime(text)
    case RISE_ERROR_MODALITIES: throw RiseEdgeError.modalities(text)
    case RISE_ERROR_MEMORY: throw RiseEdgeError.memory(text)
    case RISE_ERROR_INTERNAL: throw RiseEdgeError.internal(text)
    default: throw RiseEdgeError.internal("expected a status of rise_edge.h, got \(status.rawValue): \(text)")
    }
}

import CRiseEdge

/// The three answers.
public enum Outcome: Sendable {
    case undecided, live, spoof

    init(_ outcome: rise_outcome) {
        switch outcome {
        case RISE_LIVE: self = .live
        case RISE_SPOOF: self = .spoof
        case RISE_UNDECIDED: self = .undecided
        default: self = .undecided // a number that this version does not know must not become an answer
        }
    }
}

/// Why there is no decision.
public enum Reason: String, Sendable {
    case missingModality = "missing_modality"
    case depthCoverage = "depth_coverage"
    case tooDark = "too_dark"
    case tooBright = "too_bright"
    case infraredSaturated = "infrared_saturated"
    case outOfFrame = "out_of_frame"
    case tooFar = "too_far"
    case badNumbers = "bad_numbers"
    case unknown

    init?(_ reason: rise_reason) {
        switch reason {
        case RISE_NO_REASON: return nil
        case RISE_MISSING_MODALITY: self = .missingModality
        case RISE_DEPTH_COVERAGE: self = .depthCoverage
        case RISE_TOO_DARK: self = .tooDark
        case RISE_TOO_BRIGHT: self = .tooBright
        case RISE_INFRARED_SATURATED: self = .infraredSaturated
        case RISE_OUT_OF_FRAME: self = .outOfFrame
        case RISE_TOO_FAR: self = .tooFar
        case RISE_BAD_NUMBERS: self = .badNumbers
        default: self = .unknown
        }
    }
}

/// Where a face lies relative to the sphere.
public struct Reading: Sendable {
    /// That were read.
    public let modalities: Modalities
    /// Length of the embedding: the more evidence of an attack, the longer.
    public let norm: Float
    /// Of this runtime and these modalities.
    public let radius: Double
    /// radius - norm: positive inside, where live faces lie.
    public let margin: Double
}

/// The answer for one frame.
public struct Verdict: Sendable {
    public let outcome: Outcome
    /// Nil unless undecided.
    public let reason: Reason?
    /// Nil where nothing was read.
    public let reading: Reading?

    init(_ verdict: rise_verdict) {
        outcome = Outcome(verdict.outcome)
        reason = Reason(verdict.reason)
        let read = verdict.reading
        reading = read.modalities == 0 ? nil : Reading(
            modalities: Modalities(rawValue: read.modalities), norm: read.norm, radius: read.radius, margin: read.margin)
    }
}

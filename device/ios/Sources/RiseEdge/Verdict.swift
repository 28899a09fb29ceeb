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
    case noFace = "no_face"
    case frozenStream = "frozen_stream"
    /// The face does not stand yet, or looks otherwise than a frame before.
    case unsteady
    case faceChanged = "face_changed"
    case faceLeft = "face_left"
    /// Readings enough, and they leave it open.
    case inconsistent
    case timeOut = "time_out"
    /// A session has nothing to say yet.
    case unfinished
    /// Nothing but colour was required, and the checker was not opened to accept that.
    case colourAlone = "colour_alone"
    /// Rolled by more than 25 degrees, or upside down.
    case turned
    /// After repeated SPOOF nobody is judged for a while.
    case lockedOut = "locked_out"
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
        case RISE_NO_FACE: self = .noFace
        case RISE_FROZEN_STREAM: self = .frozenStream
        case RISE_UNSTEADY: self = .unsteady
        case RISE_FACE_CHANGED: self = .faceChanged
        case RISE_FACE_LEFT: self = .faceLeft
        case RISE_INCONSISTENT: self = .inconsistent
        case RISE_TIME_OUT: self = .timeOut
        case RISE_UNFINISHED: self = .unfinished
        case RISE_COLOUR_ALONE: self = .colourAlone
        case RISE_TURNED: self = .turned
        case RISE_LOCKED_OUT: self = .lockedOut
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
    /// 1 - norm / radius: at least 0 inside, where live faces lie.
    public let margin: Double
}

/// The answer for a frame or a session.
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

/// What a frame came to in a session.
public struct Judgement: Sendable {
    /// What the frame shows by itself.
    public let seen: Verdict
    /// The session's: live or spoof once, in the frame that made it certain; undecided with its reason once, where
    /// a session ended so; and undecided with `.unfinished` in every other frame.
    public let verdict: Verdict
}

import CRiseEdge

/// Limits of a session: those of Python's `SessionConfig`.
public struct SessionOptions: Sendable {
    /// Readings without which nothing is decided; 1 or more.
    public var minReadings: Int32
    /// Share of readings inside the sphere without which nothing is LIVE; in (0.5, 1].
    public var agreement: Double
    /// Time from the first face after which the session ends undecided; above 0.
    public var deadlineMs: Double
    /// Time without sight of the face after which the session ends; above 0.
    public var absentMs: Double
    /// Pause after an undecided session before the same person is tried again; above 0.
    public var retryMs: Double
    /// Longest move of a face between two frames, in widths of the face; a longer one means another face; above 0.
    public var maxStep: Double
    /// Largest ratio of its widths in two frames; a larger one means another face; above 1.
    public var maxGrowth: Double
    /// Largest share of presentations `delta` outside the sphere that are found LIVE; in (0, 0.5).
    public var falseLive: Double
    /// Largest share of presentations `delta` inside it that are found SPOOF; in (0, 0.5).
    public var falseSpoof: Double
    /// Half the width of the zone around the sphere for which neither rate is promised, as a share of the
    /// radius; in (0, 0.5).
    public var delta: Double
    /// Number of SPOOF sessions that lock the camera; 0 never locks.
    public var lockoutSpoofs: Int32
    /// Time within which they count; above 0.
    public var lockoutWindowMs: Double
    /// Time for which nobody is judged then; above 0.
    public var lockoutMs: Double

    /// The library's defaults, which are Python's.
    public init() {
        var options = rise_session_options()
        options.size = sizeInC(rise_session_options.self)
        rise_session_options_default(&options) // fails for a wrong size alone
        minReadings = options.min_readings
        agreement = options.agreement
        deadlineMs = options.deadline_ms
        absentMs = options.absent_ms
        retryMs = options.retry_ms
        maxStep = options.max_step
        maxGrowth = options.max_growth
        falseLive = options.false_live
        falseSpoof = options.false_spoof
        delta = options.delta
        lockoutSpoofs = options.lockout_spoofs
        lockoutWindowMs = options.lockout_window_ms
        lockoutMs = options.lockout_ms
    }

    var c: rise_session_options {
        var options = rise_session_options()
        options.size = sizeInC(rise_session_options.self)
        options.min_readings = minReadings
        options.agreement = agreement
        options.deadline_ms = deadlineMs
        options.absent_ms = absentMs
        options.retry_ms = retryMs
        options.max_step = maxStep
        options.max_growth = maxGrowth
        options.false_live = falseLive
        options.false_spoof = falseSpoof
        options.delta = delta
        options.lockout_spoofs = lockoutSpoofs
        options.lockout_window_ms = lockoutWindowMs
        options.lockout_ms = lockoutMs
        return options
    }
}

/// What C's `sizeof` says of a structure, for its first field.
func sizeInC<Structure>(_ structure: Structure.Type) -> UInt32 {
    UInt32(MemoryLayout<Structure>.stride)
}

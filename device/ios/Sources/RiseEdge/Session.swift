import CRiseEdge

/// Decides over the frames of one face, by the sequential test that the kiosk decides by: that is what a door should
/// wait for. Whoever was decided is judged again after leaving. It holds its checker; one call at a time to both.
public final class Session: @unchecked Sendable {
    private let checker: Checker
    private let handle: OpaquePointer

    /// - Parameters:
    ///   - required: the modalities that must be there in every frame, colour always among them.
    ///   - options: the limits of the session.
    /// - Throws: `RiseEdgeError`; `.argument` where an option is out of its range.
    public init(_ checker: Checker, required: Modalities, options: SessionOptions = SessionOptions()) throws {
        var opened: OpaquePointer?
        var limits = options.c
        try checker.lock.withLock {
            try succeed(rise_session_open(checker.handle, required.rawValue, &limits, &opened))
        }
        guard let opened else { throw RiseEdgeError.internal("expected a session, got none") }
        self.checker = checker
        handle = opened
    }

    deinit {
        checker.lock.withLock { rise_session_close(handle) }
    }

    /// Take the camera's next frame, also one without a face.
    ///
    /// - Parameters:
    ///   - face: the face to be judged; nil = none, or more than one.
    ///   - nowMs: the time on a clock that never goes back.
    /// - Throws: `RiseEdgeError`.
    public func frame(_ frame: Frame, face: Face?, nowMs: Double) throws -> Judgement {
        var seen = rise_verdict()
        var verdict = rise_verdict()
        seen.size = sizeInC(rise_verdict.self)
        verdict.size = sizeInC(rise_verdict.self)
        try withCFrame(frame) { pictures in
            try checker.lock.withLock {
                guard let face else {
                    return try succeed(rise_session_frame(handle, pictures, nil, nowMs, &seen, &verdict))
                }
                try withUnsafePointer(to: face.c) { found in
                    try succeed(rise_session_frame(handle, pictures, found, nowMs, &seen, &verdict))
                }
            }
        }
        return Judgement(seen: Verdict(seen), verdict: Verdict(verdict))
    }
}

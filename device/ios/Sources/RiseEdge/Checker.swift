import CRiseEdge
import Foundation

/// An opened bundle that judges frames. It may be used from any thread, by one at a time: a second call waits
/// for the first. It is closed when nobody holds it any more.
public final class Checker: @unchecked Sendable {
    /// What the bundle says of itself; `info.notice` is to be shown at every start.
    public let info: Info
    let handle: OpaquePointer
    let lock = NSLock()

    /// Open the bundle in a folder: its manifest and the sha256 of every file are checked first.
    ///
    /// - Parameters:
    ///   - threads: of the network; 1 is the calling thread alone.
    ///   - acceptColourAlone: whether colour decides where nothing else is required. On real pictures it tells
    ///     people from attacks hardly or not at all; otherwise such verdicts are `.colourAlone`.
    /// - Throws: `RiseEdgeError`.
    public init(
        bundle folder: URL, runtime: Runtime = .executorch, threads: Int32 = 1, acceptColourAlone: Bool = false
    ) throws {
        var opened: OpaquePointer?
        try succeed(folder.withUnsafeFileSystemRepresentation { rise_open($0, runtime.c, threads, &opened) })
        guard let opened else { throw RiseEdgeError.internal("expected a checker, got none") }
        var info = rise_info()
        info.size = sizeInC(rise_info.self)
        do {
            try succeed(rise_accept_colour_alone(opened, acceptColourAlone ? 1 : 0))
            try succeed(rise_get_info(opened, &info))
        } catch {
            rise_close(opened)
            throw error
        }
        self.info = Info(info)
        handle = opened
    }

    deinit {
        rise_close(handle)
    }

    /// Whether the bundle has a radius for a set of modalities on this runtime.
    public func hasRadius(_ modalities: Modalities) -> Bool {
        lock.withLock { rise_has_radius(handle, modalities.rawValue) != 0 }
    }

    /// The verdict for a face in a frame.
    ///
    /// - Parameter required: the modalities without which nothing is decided, colour always among them; others
    ///   are not read. Choose them once for a camera, not for each frame: otherwise whoever makes the depth
    ///   stream fail chooses the weaker check.
    /// - Throws: `RiseEdgeError`.
    public func check(_ frame: Frame, face: Face, required: Modalities) throws -> Verdict {
        var found = face.c
        var verdict = rise_verdict()
        verdict.size = sizeInC(rise_verdict.self)
        try withCFrame(frame) { pictures in
            try lock.withLock { try succeed(rise_check(handle, pictures, &found, required.rawValue, &verdict)) }
        }
        return Verdict(verdict)
    }

    /// Run golden vectors, to prove that this device decides as the bundle was built to.
    ///
    /// - Parameter golden: other vectors than the bundle's own.
    public func selftest(golden: URL? = nil) throws -> Proof {
        var proof = rise_proof()
        proof.size = sizeInC(rise_proof.self)
        try lock.withLock {
            guard let golden else { return try succeed(rise_selftest(handle, nil, &proof)) }
            try golden.withUnsafeFileSystemRepresentation { path in
                // C would take no path for the bundle's own vectors.
                guard let path else { throw RiseEdgeError.argument("expected a file, got \(golden)") }
                try succeed(rise_selftest(handle, path, &proof))
            }
        }
        return Proof(proof)
    }
}

import AVFoundation
import RiseEdge

// [embed]
/// From a bundle among the app's resources to verdicts. TrueDepth gives apps no infrared picture: the radius
/// is that of colour and depth, and both must be there in every frame.
final class FaceCheck {
    let required: Modalities = [.colour, .depth]
    private let checker: Checker
    private let session: Session

    init() throws {
        guard let folder = Bundle.main.url(forResource: "demo", withExtension: nil) else {
            throw RiseEdgeError.bundle("expected the folder demo among the app's resources, there is none")
        }
        checker = try Checker(bundle: folder)
        session = try Session(checker, required: required)
    }

    /// To be shown at every start.
    var notice: String { checker.info.notice }

    /// Whether this device decides as the bundle was built to.
    func selftest() throws -> Proof { try checker.selftest() }

    /// For every frame of the camera: `verdict.outcome` becomes live or spoof once it is certain.
    func judge(_ colour: CVPixelBuffer, _ depth: AVDepthData, rotationDeg: Int, face: Face?) throws -> Judgement {
        let frame = try Frame(colour: colour, depth: depth, rotationDeg: rotationDeg, mirrored: false)
        return try session.frame(frame, face: face, nowMs: ProcessInfo.processInfo.systemUptime * 1000)
    }
}
// [/embed]

import AVFoundation
import Combine
import RiseEdge

/// What the screen shows.
final class CheckModel: ObservableObject {
    @Published private(set) var notice = ""
    @Published private(set) var strength = ""
    @Published private(set) var answer = ""
    let camera = TrueDepthCamera()
    private let finder = FaceFinder()
    private var check: FaceCheck?
    private var decided = "" // of the camera's queue alone

    func start() async {
        guard await AVCaptureDevice.requestAccess(for: .video) else {
            return say("expected leave to use the camera; grant it in the settings")
        }
        do {
            let opened = try FaceCheck()
            check = opened
            await MainActor.run {
                notice = opened.notice
                strength = "radius for \(opened.required): a weaker check, without infrared"
            }
            camera.onFrame = { [weak self] in self?.judge($0, $1, $2) }
            try camera.start()
        } catch {
            say(error.localizedDescription)
        }
    }

    func selftest() {
        guard let check else { return say("no bundle is open") }
        do {
            say(try check.selftest().line)
        } catch {
            say(error.localizedDescription)
        }
    }

    private func judge(_ colour: CVPixelBuffer, _ depth: AVDepthData?, _ rotationDeg: Int) {
        do {
            guard let check, let depth else { return say("UNDECIDED: no depth came with this picture") }
            let face = try finder.find(in: colour, rotationDeg: rotationDeg)
            let judgement = try check.judge(colour, depth, rotationDeg: rotationDeg, face: face)
            if judgement.verdict.reason != .unfinished { decided = "session: \(text(judgement.verdict))" }
            say("\(decided)\n\(text(judgement.seen))")
        } catch {
            say(error.localizedDescription)
        }
    }

    private func text(_ verdict: Verdict) -> String {
        let outcome: String
        switch verdict.outcome {
        case .live: outcome = "LIVE"
        case .spoof: outcome = "SPOOF"
        case .undecided: outcome = "UNDECIDED: \(verdict.reason?.rawValue ?? "")"
        }
        guard let read = verdict.reading else { return outcome }
        return outcome + String(
            format: "\nnorm %.3f, radius %.3f (%@), margin %.3f",
            Double(read.norm), read.radius, read.modalities.description, read.margin)
    }

    private func say(_ text: String) {
        DispatchQueue.main.async { self.answer = text }
    }
}

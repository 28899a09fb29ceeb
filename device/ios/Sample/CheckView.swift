import AVFoundation
import SwiftUI

/// One screen: the notice, the camera, the radius in use, what a frame shows and what the session decided.
struct CheckView: View {
    @StateObject private var model = CheckModel()

    var body: some View {
        VStack(spacing: 12) {
            Text(model.notice).font(.footnote)
            CameraPreview(session: model.camera.session)
            Text(model.strength).font(.footnote)
            Text(model.answer).font(.title3).multilineTextAlignment(.center)
            Button("Self-test") { model.selftest() }
        }
        .padding()
        .task { await model.start() }
        .onDisappear { model.camera.stop() }
    }
}

/// What the camera sees, as AVFoundation draws it.
private struct CameraPreview: UIViewRepresentable {
    let session: AVCaptureSession

    func makeUIView(context: Context) -> LayerView {
        let view = LayerView()
        (view.layer as? AVCaptureVideoPreviewLayer)?.session = session
        return view
    }

    func updateUIView(_ view: LayerView, context: Context) {}

    final class LayerView: UIView {
        override class var layerClass: AnyClass { AVCaptureVideoPreviewLayer.self }
    }
}

import AVFoundation
import RiseEdge

/// The front camera's colour and depth of the same instant.
final class TrueDepthCamera: NSObject, AVCaptureDataOutputSynchronizerDelegate {
    let session = AVCaptureSession()
    /// Called on the camera's own queue; depth is nil where none came with a picture.
    var onFrame: ((_ colour: CVPixelBuffer, _ depth: AVDepthData?, _ rotationDeg: Int) -> Void)?
    private let queue = DispatchQueue(label: "org.riseedge.camera")
    private let video = AVCaptureVideoDataOutput()
    private let depth = AVCaptureDepthDataOutput()
    private var synchronizer: AVCaptureDataOutputSynchronizer?
    private var rotation: AVCaptureDevice.RotationCoordinator?

    func start() throws {
        guard let device = AVCaptureDevice.default(.builtInTrueDepthCamera, for: .video, position: .front) else {
            throw RiseEdgeError.argument("expected a phone with a TrueDepth camera, this one has none")
        }
        session.beginConfiguration()
        defer { session.commitConfiguration() }
        // 4:3 like the depth map and the calibration: all three show the same view.
        session.sessionPreset = .vga640x480
        session.addInput(try AVCaptureDeviceInput(device: device))
        video.videoSettings = [kCVPixelBufferPixelFormatTypeKey as String: kCVPixelFormatType_32BGRA]
        // Filtering fills holes from frames before and after: such depth is no evidence of this instant.
        depth.isFilteringEnabled = false
        for output in [video, depth] as [AVCaptureOutput] {
            guard session.canAddOutput(output) else {
                throw RiseEdgeError.argument("expected a camera that gives pictures and depth, it refuses \(output)")
            }
            session.addOutput(output)
        }
        rotation = AVCaptureDevice.RotationCoordinator(device: device, previewLayer: nil)
        let both = AVCaptureDataOutputSynchronizer(dataOutputs: [video, depth])
        both.setDelegate(self, queue: queue)
        synchronizer = both
        queue.async { self.session.startRunning() }
    }

    func stop() {
        queue.async { self.session.stopRunning() }
    }

    func dataOutputSynchronizer(
        _ synchronizer: AVCaptureDataOutputSynchronizer,
        didOutput synchronizedDataCollection: AVCaptureSynchronizedDataCollection
    ) {
        guard let rotation,
              let picture = synchronizedDataCollection.synchronizedData(for: video)
                as? AVCaptureSynchronizedSampleBufferData,
              !picture.sampleBufferWasDropped,
              let colour = CMSampleBufferGetImageBuffer(picture.sampleBuffer)
        else { return }
        let map = synchronizedDataCollection.synchronizedData(for: depth) as? AVCaptureSynchronizedDepthData
        let depth = map.flatMap { $0.depthDataWasDropped ? nil : $0.depthData }
        onFrame?(colour, depth, Int(rotation.videoRotationAngleForHorizonLevelCapture))
    }
}

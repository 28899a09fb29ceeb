import CoreVideo
import RiseEdge
import Vision

/// Vision's face landmarks as the library wants them.
struct FaceFinder {
    /// The face in a picture, if there is exactly one.
    func find(in pixels: CVPixelBuffer, rotationDeg: Int) throws -> Face? {
        let request = VNDetectFaceLandmarksRequest()
        let orientation = try quarterTurn(rotationDeg)
        try VNImageRequestHandler(cvPixelBuffer: pixels, orientation: orientation).perform([request])
        guard let faces = request.results, faces.count == 1, let landmarks = faces[0].landmarks else { return nil }
        let lying = rotationDeg % 180 != 0
        let (width, height) = (CVPixelBufferGetWidth(pixels), CVPixelBufferGetHeight(pixels))
        let upright = lying ? CGSize(width: height, height: width) : CGSize(width: width, height: height)
        guard let one = centre(landmarks.leftEye, in: upright), let other = centre(landmarks.rightEye, in: upright),
              let mouth = centre(landmarks.outerLips, in: upright)
        else { return nil }
        // In a picture that is not mirrored the person's right eye is on the left, whatever it is called.
        return one.x < other.x
            ? Face(rightEye: one, leftEye: other, mouth: mouth) : Face(rightEye: other, leftEye: one, mouth: mouth)
    }

    private func quarterTurn(_ rotationDeg: Int) throws -> CGImagePropertyOrientation {
        switch rotationDeg {
        case 0: return .up
        case 90: return .right
        case 180: return .down
        case 270: return .left
        default: throw RiseEdgeError.argument("expected a quarter turn, got \(rotationDeg) degrees")
        }
    }

    /// Vision counts from the lower left corner, the library from the upper left.
    private func centre(_ region: VNFaceLandmarkRegion2D?, in size: CGSize) -> CGPoint? {
        guard let points = region?.pointsInImage(imageSize: size), !points.isEmpty else { return nil }
        let count = CGFloat(points.count)
        let x = points.map(\.x).reduce(0, +) / count
        let y = points.map(\.y).reduce(0, +) / count
        return CGPoint(x: x, y: size.height - y)
    }
}

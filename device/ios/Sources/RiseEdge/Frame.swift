import AVFoundation
import CRiseEdge
import CoreVideo

/// A pinhole camera, in pixels of the picture as it was delivered. TrueDepth's depth map is drawn from the
/// colour camera's place already, so that no rotation or translation lies between the two.
public struct Viewpoint: Sendable {
    public let fx: Double
    public let fy: Double
    public let cx: Double
    public let cy: Double

    public init(fx: Double, fy: Double, cx: Double, cy: Double) {
        self.fx = fx
        self.fy = fy
        self.cx = cx
        self.cy = cy
    }

    /// The calibrated camera, for a picture of its whole view in `width` x `height` pixels.
    public init(_ calibration: AVCameraCalibrationData, width: Int, height: Int) {
        let matrix = calibration.intrinsicMatrix
        let x = Double(width) / Double(calibration.intrinsicMatrixReferenceDimensions.width)
        let y = Double(height) / Double(calibration.intrinsicMatrixReferenceDimensions.height)
        self.init(
            fx: Double(matrix.columns.0.x) * x, fy: Double(matrix.columns.1.y) * y,
            cx: Double(matrix.columns.2.x) * x, cy: Double(matrix.columns.2.y) * y)
    }

    var c: rise_viewpoint {
        var viewpoint = rise_viewpoint()
        viewpoint.fx = fx
        viewpoint.fy = fy
        viewpoint.cx = cx
        viewpoint.cy = cy
        return viewpoint
    }
}

/// A picture as a camera delivers it, not yet upright.
public struct Picture {
    public let pixels: CVPixelBuffer
    public let viewpoint: Viewpoint

    public init(pixels: CVPixelBuffer, viewpoint: Viewpoint) {
        self.pixels = pixels
        self.viewpoint = viewpoint
    }
}

/// Pictures of one instant.
public struct Frame {
    public let colour: Picture
    public let depth: Picture?
    /// Clockwise, that makes the delivered pictures upright: 0, 90, 180 or 270.
    public let rotationDeg: Int
    /// Whether the upright picture is then flipped left to right.
    public let mirrored: Bool

    public init(colour: Picture, depth: Picture?, rotationDeg: Int, mirrored: Bool) {
        self.colour = colour
        self.depth = depth
        self.rotationDeg = rotationDeg
        self.mirrored = mirrored
    }

    /// A picture and the depth data that came with it, which knows the camera of both.
    public init(colour: CVPixelBuffer, depth: AVDepthData, rotationDeg: Int, mirrored: Bool) throws {
        guard let calibration = depth.cameraCalibrationData else {
            throw RiseEdgeError.argument("expected depth data with its camera calibration, got none")
        }
        let map = depth.depthDataMap
        func picture(_ pixels: CVPixelBuffer) -> Picture {
            let (width, height) = (CVPixelBufferGetWidth(pixels), CVPixelBufferGetHeight(pixels))
            return Picture(pixels: pixels, viewpoint: Viewpoint(calibration, width: width, height: height))
        }
        self.init(colour: picture(colour), depth: picture(map), rotationDeg: rotationDeg, mirrored: mirrored)
    }
}

/// A face, in pixels of the upright (turned, flipped) colour picture: x right, y down.
public struct Face: Sendable {
    /// The person's own right.
    public let rightEye: CGPoint
    public let leftEye: CGPoint
    /// Its centre.
    public let mouth: CGPoint

    public init(rightEye: CGPoint, leftEye: CGPoint, mouth: CGPoint) {
        self.rightEye = rightEye
        self.leftEye = leftEye
        self.mouth = mouth
    }

    var c: rise_face {
        var face = rise_face()
        face.right_eye = (Float(rightEye.x), Float(rightEye.y))
        face.left_eye = (Float(leftEye.x), Float(leftEye.y))
        face.mouth = (Float(mouth.x), Float(mouth.y))
        return face
    }
}

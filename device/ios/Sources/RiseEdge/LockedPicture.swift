import CRiseEdge
import CoreVideo

/// A pixel buffer that is locked for reading, and where its components lie.
final class LockedPicture {
    let image: rise_image
    private let pixels: CVPixelBuffer

    init(_ picture: Picture) throws {
        pixels = picture.pixels
        let format = try LockedPicture.format(of: pixels)
        let locked = CVPixelBufferLockBaseAddress(pixels, .readOnly)
        guard locked == kCVReturnSuccess else {
            throw RiseEdgeError.argument("expected a pixel buffer that can be locked, Core Video says \(locked)")
        }
        var image = rise_image()
        image.size = sizeInC(rise_image.self)
        image.format = format
        image.width = Int32(CVPixelBufferGetWidth(pixels))
        image.height = Int32(CVPixelBufferGetHeight(pixels))
        image.planes = LockedPicture.planes(of: pixels)
        image.viewpoint = picture.viewpoint.c
        self.image = image
    }

    deinit {
        CVPixelBufferUnlockBaseAddress(pixels, .readOnly)
    }

    private static func format(of pixels: CVPixelBuffer) throws -> rise_format {
        let kind = CVPixelBufferGetPixelFormatType(pixels)
        switch kind {
        case kCVPixelFormatType_32BGRA: return RISE_BGRA8
        case kCVPixelFormatType_420YpCbCr8BiPlanarFullRange: return RISE_YUV420_FULL
        case kCVPixelFormatType_420YpCbCr8BiPlanarVideoRange: return RISE_YUV420_VIDEO
        case kCVPixelFormatType_DepthFloat32: return RISE_DEPTH_METRES_F32
        case kCVPixelFormatType_DepthFloat16: return RISE_DEPTH_METRES_F16
        case kCVPixelFormatType_DisparityFloat32: return RISE_DISPARITY_F32
        case kCVPixelFormatType_DisparityFloat16: return RISE_DISPARITY_F16
        default:
            throw RiseEdgeError.argument(
                "expected 32BGRA, 420YpCbCr8BiPlanar, depth or disparity pixels, got the format \(kind)")
        }
    }

    private static func planes(of pixels: CVPixelBuffer) -> (rise_plane, rise_plane, rise_plane) {
        guard CVPixelBufferIsPlanar(pixels) else {
            let row = CVPixelBufferGetBytesPerRow(pixels)
            let base = UnsafeRawPointer(CVPixelBufferGetBaseAddress(pixels))
            return (plane(base, row * CVPixelBufferGetHeight(pixels), row, 0), rise_plane(), rise_plane())
        }
        let luma = component(pixels, 0)
        // U and V alternate in the second plane: V begins one byte on.
        let u = component(pixels, 1)
        let v = plane(u.data.map { $0 + 1 }, Int(u.size_bytes) - 1, Int(u.row_stride), 2)
        return (luma, plane(u.data, Int(u.size_bytes), Int(u.row_stride), 2), v)
    }

    private static func component(_ pixels: CVPixelBuffer, _ index: Int) -> rise_plane {
        let row = CVPixelBufferGetBytesPerRowOfPlane(pixels, index)
        let base = UnsafeRawPointer(CVPixelBufferGetBaseAddressOfPlane(pixels, index))
        return plane(base, row * CVPixelBufferGetHeightOfPlane(pixels, index), row, 0)
    }

    private static func plane(
        _ data: UnsafeRawPointer?, _ sizeBytes: Int, _ rowStride: Int, _ pixelStride: Int
    ) -> rise_plane {
        rise_plane(
            data: data, size_bytes: Int64(sizeBytes), row_stride: Int32(rowStride), pixel_stride: Int32(pixelStride))
    }
}

/// Lend a frame to C for the time of a call, with its pixels locked.
func withCFrame<Result>(_ frame: Frame, _ body: (UnsafePointer<rise_frame>) throws -> Result) throws -> Result {
    let colour = try LockedPicture(frame.colour)
    let depth = try frame.depth.map(LockedPicture.init)
    return try withPointer(to: colour) { colour in
        try withPointer(to: depth) { depth in
            var pictures = rise_frame()
            pictures.size = sizeInC(rise_frame.self)
            pictures.colour = colour
            pictures.depth = depth
            pictures.rotation_deg = Int32(frame.rotationDeg)
            pictures.mirrored = frame.mirrored ? 1 : 0
            return try withUnsafePointer(to: pictures, body)
        }
    }
}

private func withPointer<Result>(
    to picture: LockedPicture?, _ body: (UnsafePointer<rise_image>?) throws -> Result
) rethrows -> Result {
    guard let picture else { return try body(nil) }
    return try withExtendedLifetime(picture) { try withUnsafePointer(to: picture.image) { try body($0) } }
}

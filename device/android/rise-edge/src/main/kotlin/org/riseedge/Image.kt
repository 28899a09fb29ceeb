package org.riseedge

import java.nio.ByteBuffer

/**
 * Where one component of a picture lies.
 *
 * @property data a direct buffer; it is read from its position to its limit, and only during a check.
 * @property rowStride bytes from one row to the next; 0 = rows lie close.
 * @property pixelStride bytes from one sample to the next; 0 = the format's own.
 */
class Plane(val data: ByteBuffer, val rowStride: Int = 0, val pixelStride: Int = 0) {
    init {
        require(data.isDirect) { "expected a direct ByteBuffer, got one on the heap; use ByteBuffer.allocateDirect" }
    }
}

/**
 * Where a picture was taken from: a pinhole camera, placed relative to the frame's depth camera.
 *
 * @property fx focal length in pixels of the picture as it was delivered, like fy, cx and cy.
 * @property rotation 9 numbers, row by row, from the depth camera to this one; only zeros stand for none.
 * @property translationMm 3 numbers, from the depth camera to this one.
 */
class Viewpoint(
    val fx: Double,
    val fy: Double,
    val cx: Double,
    val cy: Double,
    val rotation: DoubleArray = DoubleArray(9),
    val translationMm: DoubleArray = DoubleArray(3),
) {
    init {
        require(rotation.size == 9) { "expected a rotation of 9 numbers, got ${rotation.size}" }
        require(translationMm.size == 3) { "expected a translation of 3 numbers, got ${translationMm.size}" }
    }

    /** The same camera for a picture that was scaled: `x` and `y` are new size over old size. */
    fun scaled(x: Double, y: Double) = Viewpoint(fx * x, fy * y, cx * x, cy * y, rotation, translationMm)

    internal fun numbers() = doubleArrayOf(fx, fy, cx, cy, *rotation, *translationMm)

    companion object {
        /** A camera that nobody calibrated: its lens, looking through the middle of a picture of the whole sensor. */
        fun ofLens(focalMm: Double, sensorWidthMm: Double, width: Int, height: Int): Viewpoint {
            val focalPx = focalMm / sensorWidthMm * width
            return Viewpoint(focalPx, focalPx, width / 2.0, height / 2.0)
        }
    }
}

/** A picture as a camera delivers it, not yet upright. */
class Image(
    val format: Format,
    val width: Int,
    val height: Int,
    val planes: List<Plane>,
    val viewpoint: Viewpoint,
) {
    init {
        require(planes.size in 1..3) { "expected 1 to 3 planes, got ${planes.size}" }
    }
}

/**
 * Pictures of one instant.
 *
 * @property rotationDeg clockwise, that makes the delivered pictures upright: 0, 90, 180 or 270.
 * @property mirrored whether the upright picture is then flipped left to right.
 */
class Frame(
    val colour: Image,
    val depth: Image? = null,
    val infrared: Image? = null,
    val rotationDeg: Int = 0,
    val mirrored: Boolean = false,
)

package org.riseedge

/** A point in pixels of the upright (turned, flipped) colour picture: x right, y down. */
data class Point(val x: Float, val y: Float)

/**
 * A face that a detector found.
 *
 * @property rightEye the person's own right eye.
 * @property leftEye the person's own left eye.
 * @property mouth its centre.
 */
data class Face(val rightEye: Point, val leftEye: Point, val mouth: Point) {
    internal fun numbers() = floatArrayOf(rightEye.x, rightEye.y, leftEye.x, leftEye.y, mouth.x, mouth.y)
}

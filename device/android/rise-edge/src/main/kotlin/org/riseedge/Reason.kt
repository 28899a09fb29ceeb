package org.riseedge

/** Why there is no decision; the numbers are those of `rise_reason`. */
enum class Reason(internal val code: Int) {
    NO_REASON(0),
    MISSING_MODALITY(1),
    DEPTH_COVERAGE(2),
    TOO_DARK(3),
    TOO_BRIGHT(4),
    INFRARED_SATURATED(5),
    OUT_OF_FRAME(6),
    TOO_FAR(7),
    BAD_NUMBERS(8),
    NO_FACE(9),
    FROZEN_STREAM(10),

    /** The face does not stand yet, or looks otherwise than a frame before. */
    UNSTEADY(11),
    FACE_CHANGED(12),
    FACE_LEFT(13),

    /** Readings enough, and they leave it open. */
    INCONSISTENT(14),
    TIME_OUT(15),

    /** A session has nothing to say yet. */
    UNFINISHED(16),

    /** Nothing but colour was required, and the checker was not opened to accept that. */
    COLOUR_ALONE(17),

    /** Rolled by more than 25 degrees, or upside down. */
    TURNED(18),

    /** After repeated SPOOF nobody is judged for a while. */
    LOCKED_OUT(19),
}

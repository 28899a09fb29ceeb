package org.riseedge

/** How a picture's pixels are laid out; the numbers are those of `rise_format`, where each is described. */
enum class Format(internal val code: Int) {
    RGB8(0),
    RGBA8(1),
    BGRA8(2),

    /** Android's `YUV_420_888`. */
    YUV420_FULL(3),
    YUV420_VIDEO(4),
    GREY8(16),
    GREY16(17),

    /** ARCore's 16-bit depth. */
    DEPTH_MM_U16(32),

    /** `ImageFormat.DEPTH16`. */
    DEPTH16_ANDROID(33),
    DEPTH_METRES_F32(34),
    DEPTH_METRES_F16(35),
    DISPARITY_F32(36),
    DISPARITY_F16(37),
}

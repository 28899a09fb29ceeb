package org.riseedge

import java.nio.ByteBuffer

/**
 * The functions of `rise_edge_jni.cpp`: `rise_edge.h` with arrays where C has structures.
 *
 * Every function that gives an `Int` gives a `rise_status`. Texts are UTF-8, and those that go in end
 * with a zero byte: JNI's own strings cannot carry every file name.
 */
internal object Native {
    init {
        System.loadLibrary("rise_edge_jni")
    }

    @JvmStatic external fun open(folder: ByteArray, runtime: Int, threads: Int, handle: LongArray): Int

    @JvmStatic external fun close(handle: Long)

    @JvmStatic external fun acceptColourAlone(handle: Long, accept: Boolean): Int

    /** `texts`: name, notice, identity, runtime. `numbers`: simulated, crop size, embedding size. */
    @JvmStatic external fun info(handle: Long, texts: Array<ByteArray?>, numbers: IntArray): Int

    @JvmStatic external fun hasRadius(handle: Long, modalities: Int): Boolean

    /**
     * Three places for each of colour, depth and infrared in `planes`, nine numbers in `layouts` (format,
     * width, height, then row stride and pixel stride of each plane), sixteen in `viewpoints`. `pictures`
     * says which are there. `face`: right eye, left eye, mouth. `verdict`: outcome, reason, modalities,
     * norm, radius, margin.
     */
    @JvmStatic external fun check(
        handle: Long,
        pictures: Int,
        planes: Array<ByteBuffer?>,
        layouts: IntArray,
        viewpoints: DoubleArray,
        rotationDeg: Int,
        mirrored: Boolean,
        face: FloatArray,
        required: Int,
        verdict: DoubleArray,
    ): Int

    /** Thirteen `numbers`: the properties of [SessionOptions] in their order. */
    @JvmStatic external fun defaultOptions(numbers: DoubleArray): Int

    /** `options` as of [defaultOptions]. */
    @JvmStatic external fun openSession(handle: Long, required: Int, options: DoubleArray, session: LongArray): Int

    @JvmStatic external fun closeSession(session: Long)

    /** As [check]; `face` null: none, or more than one. `seen` is of the frame, `verdict` of the session. */
    @JvmStatic external fun sessionFrame(
        session: Long,
        pictures: Int,
        planes: Array<ByteBuffer?>,
        layouts: IntArray,
        viewpoints: DoubleArray,
        rotationDeg: Int,
        mirrored: Boolean,
        face: FloatArray?,
        nowMs: Double,
        seen: DoubleArray,
        verdict: DoubleArray,
    ): Int

    /** `golden` null: the bundle's own. `line[0]`: in words. `numbers`: count, difference, flips, holds. */
    @JvmStatic external fun selftest(
        handle: Long,
        golden: ByteArray?,
        line: Array<ByteArray?>,
        numbers: DoubleArray,
    ): Int

    /** Of the last call of this thread that failed. */
    @JvmStatic external fun lastError(): ByteArray
}

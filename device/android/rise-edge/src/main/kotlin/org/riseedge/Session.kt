package org.riseedge

/**
 * Decides over the frames of one face, by the sequential test that the kiosk decides by. Whoever was decided
 * is judged again after leaving.
 *
 * It belongs to its checker: one call at a time to both, and a checker that is closed closes it.
 */
class Session internal constructor(private val checker: Checker, private var handle: Long) : AutoCloseable {
    /**
     * Take the camera's next frame, also one without a face.
     *
     * @param face the face to be judged; null = none, or more than one.
     * @param nowMs the time on a clock that never goes back.
     * @throws IllegalArgumentException a picture is too small for its layout.
     * @throws RiseEdgeException the runtime failed.
     */
    fun frame(frame: Frame, face: Face?, nowMs: Double): Judgement = checker.opened {
        if (handle == 0L) throw IllegalStateException("expected an open session, this one was closed; open another")
        val pictures = Pictures(frame)
        val seen = DoubleArray(6)
        val verdict = DoubleArray(6)
        succeed(
            Native.sessionFrame(
                handle, pictures.bits, pictures.planes, pictures.layouts, pictures.viewpoints,
                frame.rotationDeg, frame.mirrored, face?.numbers(), nowMs, seen, verdict,
            ),
        )
        Judgement(verdictOf(seen), verdictOf(verdict))
    }

    /** Give the memory back; the second time nothing happens. */
    override fun close() = checker.close(this)

    /** For the checker, which holds its lock. */
    internal fun release() {
        Native.closeSession(handle)
        handle = 0
    }
}

package org.riseedge

import java.io.File
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock

/**
 * An opened bundle that judges frames.
 *
 * It may be used from any thread, by one at a time: a second call waits for the first, and so does
 * [close]. After that, every call throws [IllegalStateException].
 */
class Checker private constructor(
    private var handle: Long,
    /** What the bundle says of itself; `info.notice` is to be shown at every start. */
    val info: Info,
) : AutoCloseable {
    private val lock = ReentrantLock()
    private val sessions = mutableSetOf<Session>()

    /** Whether the bundle has a radius for a set of modalities on this runtime. */
    fun hasRadius(modalities: Modalities): Boolean = opened { Native.hasRadius(it, modalities.bits) }

    /**
     * The verdict for a face in a frame.
     *
     * @param required the modalities without which nothing is decided, colour always among them; others
     *   are not read. Choose them once for a camera, not for each frame: otherwise whoever makes the depth
     *   stream fail chooses the weaker check.
     * @throws IllegalArgumentException a picture is too small for its layout, or `required` lacks colour.
     * @throws RiseEdgeException the bundle has no radius for `required`, or the runtime failed.
     */
    fun check(frame: Frame, face: Face, required: Modalities): Verdict = opened { handle ->
        val pictures = Pictures(frame)
        val verdict = DoubleArray(6)
        succeed(
            Native.check(
                handle, pictures.bits, pictures.planes, pictures.layouts, pictures.viewpoints,
                frame.rotationDeg, frame.mirrored, face.numbers(), required.bits, verdict,
            ),
        )
        verdictOf(verdict)
    }

    /**
     * Open a session, which decides over the frames of one face: that is what a door should wait for.
     *
     * @param required as for [check].
     * @param options the limits of the session.
     * @throws IllegalArgumentException `required` lacks colour, or an option is out of its range.
     */
    fun openSession(required: Modalities, options: SessionOptions = SessionOptions()): Session = opened { handle ->
        val session = LongArray(1)
        succeed(Native.openSession(handle, required.bits, options.numbers(), session))
        Session(this, session[0]).also(sessions::add)
    }

    /**
     * Run golden vectors, to prove that this device decides as the bundle was built to.
     *
     * @param golden other vectors than the bundle's own.
     */
    fun selftest(golden: File? = null): Proof = opened { handle ->
        val line = arrayOfNulls<ByteArray>(1)
        val numbers = DoubleArray(4)
        succeed(Native.selftest(handle, golden?.let(::pathBytes), line, numbers))
        val (count, largestDifference, flips, holds) = numbers
        Proof(count.toInt(), largestDifference, flips.toInt(), holds != 0.0, line[0]!!.decodeToString())
    }

    /** Give the memory back, of its sessions too; the second time nothing happens. */
    override fun close() = lock.withLock {
        sessions.forEach(Session::release)
        sessions.clear()
        Native.close(handle)
        handle = 0
    }

    internal fun close(session: Session): Unit = lock.withLock {
        if (sessions.remove(session)) session.release()
    }

    internal inline fun <T> opened(call: (Long) -> T): T = lock.withLock {
        if (handle == 0L) throw IllegalStateException("expected an open checker, this one was closed; open another")
        call(handle)
    }

    companion object {
        /**
         * Open the bundle in a folder: its manifest and the sha256 of every file are checked first.
         *
         * @param threads of the network; 1 is the calling thread alone.
         * @param acceptColourAlone whether colour decides where nothing else is required. On real pictures it
         *   tells people from attacks hardly or not at all; otherwise such verdicts are
         *   [Reason.COLOUR_ALONE].
         * @throws RiseEdgeException the bundle is missing, incomplete or altered, or this build has no such
         *   runtime.
         */
        fun open(folder: File, runtime: Runtime, threads: Int = 1, acceptColourAlone: Boolean = false): Checker {
            val handle = LongArray(1)
            succeed(Native.open(pathBytes(folder), runtime.code, threads, handle))
            try {
                succeed(Native.acceptColourAlone(handle[0], acceptColourAlone))
                return Checker(handle[0], readInfo(handle[0]))
            } catch (error: Throwable) {
                Native.close(handle[0])
                throw error
            }
        }
    }
}

private fun readInfo(handle: Long): Info {
    val texts = arrayOfNulls<ByteArray>(4)
    val numbers = IntArray(3)
    succeed(Native.info(handle, texts, numbers))
    val (name, notice, identity, runtime) = texts.map { it!!.decodeToString() }
    return Info(name, notice, identity, runtime, numbers[0] != 0, numbers[1], numbers[2])
}

private fun pathBytes(file: File): ByteArray {
    require('\u0000' !in file.path) { "expected a path without a zero character, got ${file.path}" }
    return "${file.path}\u0000".encodeToByteArray()
}

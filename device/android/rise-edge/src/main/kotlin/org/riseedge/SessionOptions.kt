package org.riseedge

/**
 * Limits of a session: those of Python's `SessionConfig`. What you leave out has the library's default, which is
 * Python's.
 *
 * @property minReadings readings without which nothing is decided; 1 or more.
 * @property agreement share of readings inside the sphere without which nothing is LIVE; in (0.5, 1].
 * @property deadlineMs time from the first face after which the session ends undecided; above 0.
 * @property absentMs time without sight of the face after which the session ends; above 0.
 * @property retryMs pause after an undecided session before the same person is tried again; above 0.
 * @property maxStep longest move of a face between two frames, in widths of the face; a longer one means another
 *   face; above 0.
 * @property maxGrowth largest ratio of its widths in two frames; a larger one means another face; above 1.
 * @property falseLive largest share of presentations [delta] outside the sphere that are found LIVE; in (0, 0.5).
 * @property falseSpoof largest share of presentations [delta] inside it that are found SPOOF; in (0, 0.5).
 * @property delta half the width of the zone around the sphere for which neither rate is promised, as a share of the
 *   radius; in (0, 0.5).
 * @property lockoutSpoofs number of SPOOF sessions that lock the camera; 0 never locks.
 * @property lockoutWindowMs time within which they count; above 0.
 * @property lockoutMs time for which nobody is judged then; above 0.
 */
data class SessionOptions(
    val minReadings: Int = library[0].toInt(),
    val agreement: Double = library[1],
    val deadlineMs: Double = library[2],
    val absentMs: Double = library[3],
    val retryMs: Double = library[4],
    val maxStep: Double = library[5],
    val maxGrowth: Double = library[6],
    val falseLive: Double = library[7],
    val falseSpoof: Double = library[8],
    val delta: Double = library[9],
    val lockoutSpoofs: Int = library[10].toInt(),
    val lockoutWindowMs: Double = library[11],
    val lockoutMs: Double = library[12],
) {
    /** For [Native.openSession]. */
    internal fun numbers() = doubleArrayOf(
        minReadings.toDouble(),
        agreement,
        deadlineMs,
        absentMs,
        retryMs,
        maxStep,
        maxGrowth,
        falseLive,
        falseSpoof,
        delta,
        lockoutSpoofs.toDouble(),
        lockoutWindowMs,
        lockoutMs,
    )
}

private val library by lazy { DoubleArray(13).also { succeed(Native.defaultOptions(it)) } }

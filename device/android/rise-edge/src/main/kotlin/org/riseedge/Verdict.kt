package org.riseedge

/**
 * Where a face lies relative to the sphere.
 *
 * @property modalities that were read.
 * @property norm length of the embedding: the more evidence of an attack, the longer.
 * @property radius of this runtime and these modalities.
 * @property margin 1 - norm / radius: at least 0 inside, where live faces lie.
 */
data class Reading(val modalities: Modalities, val norm: Float, val radius: Double, val margin: Double)

/**
 * The answer for a frame or a session.
 *
 * @property reason [Reason.NO_REASON] unless undecided.
 * @property reading zero where nothing was read.
 */
data class Verdict(val outcome: Outcome, val reason: Reason, val reading: Reading)

/**
 * What a frame came to in a session.
 *
 * @property seen what the frame shows by itself.
 * @property verdict the session's: LIVE or SPOOF once, in the frame that made it certain; UNDECIDED with its
 *   reason once, where a session ended so; and UNDECIDED with [Reason.UNFINISHED] in every other frame.
 */
data class Judgement(val seen: Verdict, val verdict: Verdict)

/** A verdict out of the numbers of [Native.check]. */
internal fun verdictOf(numbers: DoubleArray): Verdict {
    val (outcome, reason, modalities, norm, radius) = numbers
    val margin = numbers[5]
    return Verdict(
        // A number that this version does not know must not become an answer.
        Outcome.entries.first { it.code == outcome.toInt() },
        Reason.entries.first { it.code == reason.toInt() },
        Reading(Modalities(modalities.toInt()), norm.toFloat(), radius, margin),
    )
}

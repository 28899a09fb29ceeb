package org.riseedge

/**
 * Where a face lies relative to the sphere.
 *
 * @property modalities that were read.
 * @property norm length of the embedding: the more evidence of an attack, the longer.
 * @property radius of this runtime and these modalities.
 * @property margin radius - norm: positive inside, where live faces lie.
 */
data class Reading(val modalities: Modalities, val norm: Float, val radius: Double, val margin: Double)

/**
 * The answer for one frame.
 *
 * @property reason [Reason.NO_REASON] unless undecided.
 * @property reading zero where nothing was read.
 */
data class Verdict(val outcome: Outcome, val reason: Reason, val reading: Reading)

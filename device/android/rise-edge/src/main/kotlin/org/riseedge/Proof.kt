package org.riseedge

/**
 * How a runtime did on the golden vectors.
 *
 * @property largestDifference between the norm given and the norm that was to be given.
 * @property flips decisions that differ.
 * @property holds whether every decision is the same and every norm is close.
 * @property line the same in words, as `python -m rise_edge.selftest` prints it.
 */
data class Proof(
    val count: Int,
    val largestDifference: Double,
    val flips: Int,
    val holds: Boolean,
    val line: String,
)

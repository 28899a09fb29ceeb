package org.riseedge

/** The three answers; the numbers are those of `rise_outcome`. */
enum class Outcome(internal val code: Int) {
    UNDECIDED(0),
    LIVE(1),
    SPOOF(2),
}

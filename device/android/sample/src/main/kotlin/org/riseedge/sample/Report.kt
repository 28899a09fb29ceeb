package org.riseedge.sample

import java.util.Locale
import org.riseedge.Modalities
import org.riseedge.Outcome
import org.riseedge.Judgement
import org.riseedge.Reason
import org.riseedge.Verdict

/** What the screen says. */
object Report {
    private val sensors = listOf("depth" to Modalities.DEPTH, "infrared" to Modalities.INFRARED)

    /** Which radius is used, and that the check is weaker for what the camera lacks, or decides nothing. */
    fun strength(required: Modalities): String {
        if (required == Modalities.COLOUR) return "radius for colour: colour alone decides nothing"
        val lacking = sensors.filter { (_, one) -> one !in required }.joinToString(" and ") { (name, _) -> name }
        val used = "radius for $required"
        return if (lacking.isEmpty()) used else "$used: a weaker check, without $lacking"
    }

    /** What a session decided in this frame, if it did. */
    fun decision(judgement: Judgement): String? =
        judgement.verdict.takeIf { it.reason != Reason.UNFINISHED }?.let { "session: ${verdict(it)}" }

    /** An answer; where a reading was made, its numbers. */
    fun verdict(verdict: Verdict): String {
        val answer = when (verdict.outcome) {
            Outcome.UNDECIDED -> "UNDECIDED: ${verdict.reason.name.lowercase(Locale.ROOT)}"
            else -> verdict.outcome.name
        }
        val reading = verdict.reading
        if (reading.radius == 0.0) return answer
        return answer + String.format(
            Locale.ROOT,
            "\nnorm %.3f, radius %.3f (%s), margin %.3f",
            reading.norm, reading.radius, reading.modalities, reading.margin,
        )
    }
}

package org.riseedge.sample

import java.io.File
import kotlin.system.exitProcess
import org.riseedge.Case
import org.riseedge.Frame
import org.riseedge.Modalities
import org.riseedge.Outcome
import org.riseedge.Judgement
import org.riseedge.Reading
import org.riseedge.Reason
import org.riseedge.Runtime
import org.riseedge.Verdict
import org.riseedge.assertContains
import org.riseedge.assertEquals
import org.riseedge.assertTrue
import org.riseedge.cases
import org.riseedge.colour
import org.riseedge.middle
import org.riseedge.run

private val sampleCases = listOf(
    Case("the sample's check goes from assets to a verdict") {
        val names = bundle.list()!!.toList()
        val folder = fresh("demo")
        val asset = { name: String -> File(bundle, name).inputStream() }
        FaceCheck(folder, names, asset, Runtime.EXECUTORCH, Modalities.COLOUR or Modalities.DEPTH).use {
            assertContains(it.notice, "simulated")
            assertTrue(it.selftest().holds)
            val judgement = it.judge(Frame(colour()), middle)
            assertEquals(Reason.MISSING_MODALITY, judgement.seen.reason)
            assertEquals(null, Report.decision(judgement))
        }
    },
    Case("the screen says which radius is used and that the check is weaker or decides nothing") {
        val all = Modalities.COLOUR or Modalities.DEPTH or Modalities.INFRARED
        assertEquals("radius for colour+depth+infrared", Report.strength(all))
        assertEquals(
            "radius for colour+depth: a weaker check, without infrared",
            Report.strength(Modalities.COLOUR or Modalities.DEPTH),
        )
        assertEquals(
            "radius for colour: colour alone decides nothing",
            Report.strength(Modalities.COLOUR),
        )
    },
    Case("the screen says a verdict with its numbers or its reason") {
        val read = Reading(Modalities.COLOUR, 0.25f, 1.0, 0.75)
        assertEquals(
            "LIVE\nnorm 0.250, radius 1.000 (colour), margin 0.750",
            Report.verdict(Verdict(Outcome.LIVE, Reason.NO_REASON, read)),
        )
        val unread = Reading(Modalities(0), 0f, 0.0, 0.0)
        val live = Verdict(Outcome.LIVE, Reason.NO_REASON, read)
        val ended = Verdict(Outcome.UNDECIDED, Reason.TIME_OUT, unread)
        assertEquals("session: UNDECIDED: time_out", Report.decision(Judgement(live, ended)))
        assertEquals(
            "UNDECIDED: too_dark",
            Report.verdict(Verdict(Outcome.UNDECIDED, Reason.TOO_DARK, unread)),
        )
    },
)

/**
 * Every case of both modules, on a desktop JVM: `tests/device/android` compiles and starts this. Gradle does
 * not know this folder.
 */
fun main(arguments: Array<String>) {
    exitProcess(run(cases + sampleCases, arguments))
}

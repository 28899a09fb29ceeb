package org.riseedge

private fun Checker.openSession() = openSession(Modalities.COLOUR)

val sessionCases = listOf(
    Case("a session of colour alone ends at once where that is not accepted") {
        openBundle().use { checker ->
            val judgement = checker.openSession().frame(Frame(colour()), middle, nowMs = 0.0)
            assertEquals(Reason.COLOUR_ALONE to Reason.COLOUR_ALONE, judgement.seen.reason to judgement.verdict.reason)
        }
    },
    Case("a session says what a frame shows and that it is not finished") {
        Checker.open(bundle, Runtime.EXECUTORCH, acceptColourAlone = true).use { checker ->
            val session = checker.openSession()
            val judgement = session.frame(Frame(colour()), middle, nowMs = 0.0)
            assertEquals(Modalities.COLOUR, judgement.seen.reading.modalities)
            assertEquals(Outcome.UNDECIDED to Reason.UNFINISHED, judgement.verdict.outcome to judgement.verdict.reason)
        }
    },
    Case("a picture that comes again is a frozen stream") {
        openBundle().use { checker ->
            val session = checker.openSession()
            val reasons = (0..3).map { session.frame(Frame(colour()), middle, nowMs = it * 33.0).seen.reason }
            assertTrue(Reason.FROZEN_STREAM in reasons, "$reasons")
        }
    },
    Case("a frame without a face is no face") {
        openBundle().use { checker ->
            assertEquals(Reason.NO_FACE, checker.openSession().frame(Frame(colour()), null, nowMs = 0.0).seen.reason)
        }
    },
    Case("a session refuses what a check refuses") {
        openBundle().use { checker ->
            assertThrows<IllegalArgumentException> { checker.openSession(Modalities.DEPTH) }
            val session = checker.openSession()
            assertThrows<IllegalArgumentException> { session.frame(Frame(colour(width = 321)), middle, nowMs = 0.0) }
        }
    },
    Case("a session ends by the deadline of its options") {
        openBundle().use { checker ->
            val seen = { deadlineMs: Double ->
                val options = SessionOptions(deadlineMs = deadlineMs)
                val session = checker.openSession(Modalities.COLOUR or Modalities.DEPTH, options)
                session.frame(Frame(colour()), middle, nowMs = 0.0)
                session.frame(Frame(colour(otherGrey())), middle, nowMs = 33.0).verdict.reason
            }
            assertEquals(Reason.MISSING_MODALITY to Reason.UNFINISHED, seen(20.0) to seen(3000.0))
        }
    },
    Case("an option out of its range is refused by its name") {
        openBundle().use { checker ->
            val wrong = mapOf(
                "min_readings" to SessionOptions(minReadings = 0),
                "agreement" to SessionOptions(agreement = 0.5),
                "deadline_ms" to SessionOptions(deadlineMs = 0.0),
                "absent_ms" to SessionOptions(absentMs = -1.0),
                "retry_ms" to SessionOptions(retryMs = Double.NaN),
                "max_step" to SessionOptions(maxStep = 0.0),
                "max_growth" to SessionOptions(maxGrowth = 1.0),
                "false_live" to SessionOptions(falseLive = 0.5),
                "false_spoof" to SessionOptions(falseSpoof = 0.0),
                "delta" to SessionOptions(delta = 0.5),
                "lockout_spoofs" to SessionOptions(lockoutSpoofs = -1),
                "lockout_window_ms" to SessionOptions(lockoutWindowMs = 0.0),
                "lockout_ms" to SessionOptions(lockoutMs = 0.0),
            )
            for ((name, options) in wrong) {
                val error = assertThrows<IllegalArgumentException> { checker.openSession(Modalities.COLOUR, options) }
                assertContains(error.message!!, "expected $name ")
            }
        }
    },
    Case("options print their defaults") {
        println(SessionOptions())
    },
    Case("a closed session refuses frames and its checker goes on") {
        openBundle().use { checker ->
            val session = checker.openSession()
            session.close()
            session.close()
            assertThrows<IllegalStateException> { session.frame(Frame(colour()), middle, nowMs = 0.0) }
            assertTrue(checker.selftest().holds)
        }
    },
    Case("a checker that is closed closes its sessions") {
        val checker = openBundle()
        val sessions = List(3) { checker.openSession() }
        checker.close()
        for (session in sessions) {
            assertThrows<IllegalStateException> { session.frame(Frame(colour()), middle, nowMs = 0.0) }
            session.close()
        }
        assertThrows<IllegalStateException> { checker.openSession() }
    },
)

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

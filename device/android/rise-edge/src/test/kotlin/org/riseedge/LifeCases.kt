package org.riseedge

import java.io.File
import java.util.concurrent.CountDownLatch
import java.util.concurrent.atomic.AtomicReference
import kotlin.concurrent.thread

private fun residentKb(): Int {
    System.gc()
    return File("/proc/self/status").readLines().first { it.startsWith("VmRSS") }.filter(Char::isDigit).toInt()
}

/** What many repetitions add to the memory that is held, after a first few have warmed up. */
private fun growthKb(repetitions: Int, step: () -> Unit): Int {
    repeat(repetitions) { step() }
    val before = residentKb()
    repeat(repetitions) { step() }
    return residentKb() - before
}

val lifeCases = listOf(
    Case("a checker may be closed twice") {
        val checker = openBundle()
        checker.close()
        checker.close()
    },
    Case("a closed checker refuses every call and still says what it was") {
        val checker = openBundle()
        checker.close()
        assertThrows<IllegalStateException> { checker.selftest() }
        assertThrows<IllegalStateException> { checker.hasRadius(Modalities.COLOUR) }
        assertThrows<IllegalStateException> { checker.check(Frame(colour()), middle, Modalities.COLOUR) }
        assertEquals("demo", checker.info.name)
    },
    Case("closing while another thread uses it ends that thread's use, not the program") {
        repeat(20) {
            val checker = openBundle()
            val inUse = CountDownLatch(1)
            val end = AtomicReference<Throwable>()
            val user = thread {
                end.set(
                    runCatching {
                        while (true) {
                            assertTrue(checker.selftest().holds)
                            inUse.countDown()
                        }
                    }.exceptionOrNull(),
                )
            }
            inUse.await()
            checker.close()
            user.join()
            assertTrue(end.get() is IllegalStateException, "${end.get()}")
        }
    },
    Case("two threads may use one checker") {
        openBundle().use { checker ->
            val expected = checker.selftest()
            val found = List(2) { AtomicReference<Any>() }
            val threads = found.map { thread { it.set(runCatching { checker.selftest() }.getOrElse { error -> error }) } }
            threads.forEach(Thread::join)
            assertEquals(listOf<Any>(expected, expected), found.map { it.get() })
        }
    },
    Case("a failure's message is that of its own thread") {
        val messages = List(2) { AtomicReference<String>() }
        val folders = List(2) { fresh("missing$it") }
        val threads = folders.zip(messages).map { (folder, message) ->
            thread { message.set(runCatching { Checker.open(folder, Runtime.EXECUTORCH) }.exceptionOrNull()?.message) }
        }
        threads.forEach(Thread::join)
        for ((folder, message) in folders.zip(messages)) assertTrue(folder.path in message.get(), message.get())
    },
    Case("opening and closing gives its memory back") {
        val growth = growthKb(30) { openBundle().use { it.openSession(Modalities.COLOUR) } }
        println("growth: $growth KB over 30 times of opening and closing")
        assertTrue(growth < 8_000, "grew by $growth KB over 30 times")
    },
    Case("refused calls give their memory back") {
        val checker = openBundle()
        val data = colour()
        val growth = growthKb(20_000) {
            runCatching { checker.check(Frame(data), middle, Modalities.DEPTH) }
            runCatching { checker.selftest(File("missing")) }
        }
        checker.close()
        println("growth: $growth KB over 20000 refused calls")
        assertTrue(growth < 8_000, "grew by $growth KB over 20000 times")
    },
)

package org.riseedge

import java.io.File

private fun refusal(status: Status, call: () -> Unit): String {
    val error = assertThrows<RiseEdgeException> { call() }
    assertEquals(status, error.status)
    return error.message!!
}

val checkerCases = listOf(
    Case("a bundle says what it is") {
        openBundle().use {
            assertEquals("demo", it.info.name)
            assertEquals("executorch", it.info.runtime)
            assertTrue(it.info.simulated)
            assertContains(it.info.notice, "simulated")
            assertTrue(Regex("[0-9a-f]{64}").matches(it.info.identity))
            assertEquals(112 to 64, it.info.cropSize to it.info.embeddingSize)
            println("bundle ${it.info.name}, identity ${it.info.identity}")
        }
    },
    Case("the golden vectors hold on every runtime that was built in") {
        for (runtime in Runtime.entries) {
            if (runtime != Runtime.EXECUTORCH && !hasOnnx) continue
            Checker.open(bundle, runtime).use {
                val proof = it.selftest()
                assertTrue(proof.holds, proof.line)
                assertEquals(0, proof.flips)
                assertTrue(proof.count > 0)
                println(proof.line)
            }
        }
    },
    Case("golden vectors of another file are read") {
        openBundle().use {
            assertEquals(it.selftest(), it.selftest(File(bundle, "golden.npz")))
            assertContains(
                refusal(Status.ERROR_BUNDLE) { it.selftest(File(bundle, "model.pte")) },
                "golden vectors",
            )
        }
    },
    Case("radii are those of the bundle") {
        openBundle().use {
            assertTrue(it.hasRadius(Modalities.COLOUR or Modalities.DEPTH))
            assertTrue(it.hasRadius(Modalities.COLOUR))
            assertFalse(it.hasRadius(Modalities(0)))
            assertFalse(it.hasRadius(Modalities(8)))
        }
    },
    Case("a missing bundle is refused with its path") {
        val folder = fresh("gesicht-ü-🙂")
        assertContains(refusal(Status.ERROR_BUNDLE) { Checker.open(folder, Runtime.EXECUTORCH) }, folder.path)
    },
    Case("a folder of any name opens") {
        val folder = fresh("gesicht-ü-🙂")
        bundle.copyRecursively(folder)
        Checker.open(folder, Runtime.EXECUTORCH).use { assertEquals("demo", it.info.name) }
    },
    Case("an altered file is refused with its name") {
        val folder = fresh("altered")
        bundle.copyRecursively(folder)
        File(folder, "report.md").appendText(" ")
        assertContains(refusal(Status.ERROR_BUNDLE) { Checker.open(folder, Runtime.EXECUTORCH) }, "report.md")
    },
    Case("a runtime that was not built in is refused") {
        if (!hasOnnx) refusal(Status.ERROR_RUNTIME) { Checker.open(bundle, Runtime.ONNX) }
    },
    Case("threads from 1 on are expected") {
        assertThrows<IllegalArgumentException> { Checker.open(bundle, Runtime.EXECUTORCH, threads = 0) }
    },
    Case("a path with a zero character is refused") {
        assertThrows<IllegalArgumentException> { Checker.open(File("a\u0000b"), Runtime.EXECUTORCH) }
    },
)

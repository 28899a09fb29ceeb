package org.riseedge

import java.io.File
import java.io.IOException
import java.io.InputStream

private fun File.names() = list()!!.sorted()

/** Gives a few bytes and then fails, as a full or failing storage does. */
private class Broken : InputStream() {
    private var left = 10

    override fun read(): Int = if (left-- > 0) 0 else throw IOException("the storage failed")
}

val bundleFilesCases = listOf(
    Case("a bundle is copied whole and opens") {
        val folder = fresh("demo")
        BundleFiles.copy(bundle.names(), folder) { File(bundle, it).inputStream() }
        assertEquals(bundle.names(), folder.names())
        for (name in bundle.names()) assertTrue(File(bundle, name).readBytes().contentEquals(File(folder, name).readBytes()))
        Checker.open(folder, Runtime.EXECUTORCH).close()
        assertEquals(listOf("demo"), folder.parentFile.names())
    },
    Case("a copy that fails leaves nothing") {
        val folder = fresh("demo")
        val error = assertThrows<IOException> {
            BundleFiles.copy(listOf("a", "b"), folder) { if (it == "a") "x".byteInputStream() else Broken() }
        }
        assertEquals("the storage failed", error.message)
        assertEquals(emptyList<String>(), folder.parentFile.names())
    },
    Case("a copy that fails leaves what was there") {
        val folder = fresh("demo")
        BundleFiles.copy(listOf("a"), folder) { "old".byteInputStream() }
        assertThrows<IOException> { BundleFiles.copy(listOf("a", "b"), folder) { Broken() } }
        assertEquals("old", File(folder, "a").readText())
        assertEquals(listOf("demo"), folder.parentFile.names())
    },
    Case("a copy replaces all that was there") {
        val folder = fresh("demo")
        BundleFiles.copy(listOf("a", "gone"), folder) { "old".byteInputStream() }
        BundleFiles.copy(listOf("a", "b"), folder) { "new".byteInputStream() }
        assertEquals(listOf("a", "b"), folder.names())
        assertEquals("new", File(folder, "a").readText())
    },
    Case("what an ended program left is cleared away") {
        val folder = fresh("demo")
        File(folder.path + ".new").mkdirs()
        File(folder.path + ".new", "half").writeText("x")
        File(folder.path + ".old").mkdirs()
        BundleFiles.copy(listOf("a"), folder) { "new".byteInputStream() }
        assertEquals(listOf("a"), folder.names())
        assertEquals(listOf("demo"), folder.parentFile.names())
    },
    Case("file names that lead elsewhere are refused") {
        val folder = fresh("demo")
        for (name in listOf("../a", "a/b", "a\\b", "..", ".", "")) {
            assertThrows<IllegalArgumentException> { BundleFiles.copy(listOf(name), folder) { "x".byteInputStream() } }
        }
        assertFalse(folder.exists())
        assertTrue(folder.parentFile.names().isEmpty())
    },
)

package org.riseedge

import java.io.File
import java.io.FileOutputStream
import java.io.IOException
import java.io.InputStream
import java.nio.file.Files
import java.nio.file.StandardCopyOption.ATOMIC_MOVE

/** Brings a bundle out of an app's assets into a folder, where the library can open it. */
object BundleFiles {
    /**
     * Copy a bundle's files, whole or not at all: a failure leaves `folder` as it was.
     *
     * What is in `folder` already is replaced; a program that ends between the two steps of that leaves no
     * folder, never half a one. Whether the files are the right ones is for [Checker.open] to say, which
     * knows their hashes. One program at a time may copy to a folder.
     *
     * @param names of the files, all in one folder.
     * @param open gives the content of a file; on Android: `{ assets.open("demo/$it") }`.
     * @param folder that is made.
     * @throws IOException a file could not be read or written.
     */
    @Throws(IOException::class)
    fun copy(names: List<String>, folder: File, open: (String) -> InputStream) {
        for (name in names) {
            require(name.isNotEmpty() && name != "." && name != ".." && '/' !in name && '\\' !in name) {
                "expected plain file names, got '$name'"
            }
        }
        val target = folder.absoluteFile
        val fresh = File(target.parentFile, "${target.name}.new")
        val stale = File(target.parentFile, "${target.name}.old")
        fresh.deleteRecursively()
        try {
            Files.createDirectories(fresh.toPath())
            for (name in names) write(open(name), File(fresh, name))
            replace(target, fresh, stale)
        } finally {
            fresh.deleteRecursively()
        }
        stale.deleteRecursively()
    }

    private fun write(content: InputStream, file: File) = content.use { source ->
        FileOutputStream(file).use { sink ->
            source.copyTo(sink)
            sink.fd.sync() // else a power cut may leave the folder renamed and its files empty
        }
    }

    private fun replace(target: File, fresh: File, stale: File) {
        if (target.exists()) {
            stale.deleteRecursively()
            Files.move(target.toPath(), stale.toPath(), ATOMIC_MOVE)
        }
        try {
            Files.move(fresh.toPath(), target.toPath(), ATOMIC_MOVE)
        } catch (error: IOException) {
            if (stale.exists()) Files.move(stale.toPath(), target.toPath(), ATOMIC_MOVE)
            throw error
        }
    }
}

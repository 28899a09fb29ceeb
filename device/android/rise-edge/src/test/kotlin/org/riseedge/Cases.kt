package org.riseedge

import java.io.File

/** What the cases work with. */
class Given(val bundle: File, private val folder: File, val hasOnnx: Boolean, val frames: List<File>) {
    private var count = 0

    /** A path that nothing has used yet. */
    fun fresh(name: String) = File(folder, "${count++}").apply { mkdirs() }.resolve(name)

    fun openBundle() = Checker.open(bundle, Runtime.EXECUTORCH)
}

/** A behaviour and the code that fails if it is broken. */
class Case(val name: String, val run: Given.() -> Unit)

/** The cases of this module. */
val cases = checkerCases + frameCases + frameFileCases + sessionCases + lifeCases + bundleFilesCases

/** Run cases with `BUNDLE FOLDER HAS_ONNX FRAME...`, a line for each; 0 if all pass. */
fun run(cases: List<Case>, arguments: Array<String>): Int {
    val (bundle, folder, hasOnnx) = arguments
    val given = Given(File(bundle), File(folder), hasOnnx.toBoolean(), arguments.drop(3).map(::File))
    val failures = cases.count { case ->
        val error = runCatching { case.run(given) }.exceptionOrNull()
        val trace = error?.stackTraceToString()?.lines()?.joinToString(" | ")
        println(if (error == null) "passed: ${case.name}" else "failed: ${case.name}: $trace")
        error != null
    }
    return if (failures == 0) 0 else 1
}

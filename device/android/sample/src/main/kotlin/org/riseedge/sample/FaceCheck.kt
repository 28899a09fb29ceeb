package org.riseedge.sample

import java.io.File
import java.io.InputStream
import org.riseedge.BundleFiles
import org.riseedge.Checker
import org.riseedge.Face
import org.riseedge.Frame
import org.riseedge.Modalities
import org.riseedge.Runtime
import org.riseedge.Verdict

// [embed]
/** From a bundle in the app's assets to verdicts. What `required` names must be there in every frame. */
class FaceCheck(
    folder: File,
    names: List<String>,
    asset: (String) -> InputStream,
    runtime: Runtime,
    val required: Modalities,
) : AutoCloseable {
    private val checker: Checker

    init {
        BundleFiles.copy(names, folder, asset)
        checker = Checker.open(folder, runtime)
    }

    /** To be shown at every start. */
    val notice: String = checker.info.notice

    /** Whether this device decides as the bundle was built to. */
    fun selftest() = checker.selftest()

    fun judge(frame: Frame, face: Face): Verdict = checker.check(frame, face, required)

    override fun close() = checker.close()
}
// [/embed]

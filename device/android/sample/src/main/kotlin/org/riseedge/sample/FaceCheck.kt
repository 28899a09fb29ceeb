package org.riseedge.sample

import java.io.File
import java.io.InputStream
import org.riseedge.BundleFiles
import org.riseedge.Checker
import org.riseedge.Face
import org.riseedge.Frame
import org.riseedge.Modalities
import org.riseedge.Judgement
import org.riseedge.Runtime
import org.riseedge.Session

// [embed]
/** From a bundle in the app's assets to verdicts. What `required` names must be there in every frame. */
class FaceCheck(
    folder: File, names: List<String>, asset: (String) -> InputStream, runtime: Runtime, required: Modalities,
) : AutoCloseable {
    private val checker: Checker
    private val session: Session

    init {
        BundleFiles.copy(names, folder, asset)
        checker = Checker.open(folder, runtime)
        session = try {
            checker.openSession(required)
        } catch (error: RuntimeException) {
            checker.close()
            throw error
        }
    }

    /** To be shown at every start. */
    val notice: String = checker.info.notice

    /** Whether this device decides as the bundle was built to. */
    fun selftest() = checker.selftest()

    /** For every frame of the camera: `verdict.outcome` becomes LIVE or SPOOF once it is certain. */
    fun judge(frame: Frame, face: Face?): Judgement = session.frame(frame, face, System.nanoTime() / 1e6)

    override fun close() = checker.close()
}
// [/embed]

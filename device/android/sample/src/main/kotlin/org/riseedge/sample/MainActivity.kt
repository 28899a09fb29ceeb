package org.riseedge.sample

import android.Manifest
import android.media.Image as MediaImage
import android.os.Bundle
import android.widget.Button
import android.widget.LinearLayout
import android.widget.TextView
import androidx.activity.ComponentActivity
import androidx.activity.result.contract.ActivityResultContracts
import androidx.camera.lifecycle.ProcessCameraProvider
import androidx.camera.view.PreviewView
import java.io.File
import java.util.concurrent.Executors
import org.riseedge.Frame
import org.riseedge.Modalities
import org.riseedge.Runtime

/** One screen: the notice, the camera, the radius in use, what a frame shows and what the session decided. */
class MainActivity : ComponentActivity() {
    private val worker = Executors.newSingleThreadExecutor()
    private val finder = FaceFinder()
    private val preview by lazy { PreviewView(this) }
    private val notice by lazy { TextView(this) }
    private val strength by lazy { TextView(this) }
    private val answer by lazy { TextView(this).apply { textSize = 20f } }
    private var check: FaceCheck? = null // of the worker alone, like the line of the last session
    private var decided = ""

    @Volatile private var depthWanted = false

    private val permission = registerForActivityResult(ActivityResultContracts.RequestPermission()) { granted ->
        if (granted) useColour() else answer.text = "expected leave to use the camera; grant it in the settings"
    }

    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        val screen = LinearLayout(this).apply {
            orientation = LinearLayout.VERTICAL
            fitsSystemWindows = true
        }
        screen.addView(notice)
        screen.addView(preview, LinearLayout.LayoutParams(LinearLayout.LayoutParams.MATCH_PARENT, 0, 1f))
        for (view in listOf(strength, answer)) screen.addView(view)
        screen.addView(button("Self-test") { worker.execute { say(check?.selftest()?.line ?: "no bundle is open") } })
        screen.addView(button("Front camera, colour") { useColour() })
        screen.addView(button("Back camera, colour and depth") { useDepth() })
        setContentView(screen)
        permission.launch(Manifest.permission.CAMERA)
    }

    private fun useColour() {
        depthWanted = false
        open(Modalities.COLOUR)
        ColourCamera(this, preview).start(worker, ::judge)
    }

    private fun useDepth() {
        if (!DepthCamera.isInstalled(this)) return say("expected ARCore, this phone has none")
        ProcessCameraProvider.getInstance(this).get().unbindAll()
        open(Modalities.COLOUR or Modalities.DEPTH)
        depthWanted = true
        worker.execute { trying { follow(DepthCamera(this)) } }
    }

    /** One frame a task, so that the other tasks of the worker come between. */
    private fun follow(camera: DepthCamera): Unit = worker.execute {
        if (depthWanted) {
            trying { camera.next(::judge) }
            follow(camera)
        } else {
            camera.close()
        }
    }

    /** Open the bundle for what a camera delivers; every frame must have all of it. */
    private fun open(required: Modalities) = worker.execute {
        trying {
            check?.close()
            check = null
            val names = checkNotNull(assets.list("demo")).toList()
            val asset = { name: String -> assets.open("demo/$name") }
            check = FaceCheck(File(filesDir, "demo"), names, asset, Runtime.valueOf(BuildConfig.RUNTIME), required)
            runOnUiThread {
                notice.text = check?.notice
                strength.text = Report.strength(required)
            }
        }
    }

    private fun judge(frame: Frame, picture: MediaImage) = trying {
        check?.judge(frame, finder.find(picture, frame.rotationDeg))?.let { judgement ->
            Report.decision(judgement)?.let { decided = it }
            say("$decided\n${Report.verdict(judgement.seen)}")
        }
    }

    private fun trying(step: () -> Unit) = try {
        step()
    } catch (error: Exception) {
        say(error.message ?: error.toString())
    }

    private fun say(text: String) = runOnUiThread { answer.text = text }

    private fun button(text: String, press: () -> Unit) = Button(this).apply {
        this.text = text
        setOnClickListener { press() }
    }

    override fun onPause() {
        depthWanted = false
        super.onPause()
    }

    override fun onDestroy() {
        worker.execute {
            check?.close()
            finder.close()
        }
        worker.shutdown()
        super.onDestroy()
    }
}

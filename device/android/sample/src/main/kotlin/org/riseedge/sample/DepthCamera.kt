package org.riseedge.sample

import android.app.Activity
import android.content.Context
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraManager
import android.media.Image as MediaImage
import com.google.ar.core.ArCoreApk
import com.google.ar.core.CameraIntrinsics
import com.google.ar.core.Config
import com.google.ar.core.Frame as ArFrame
import com.google.ar.core.Session
import com.google.ar.core.TrackingState
import com.google.ar.core.exceptions.NotYetAvailableException
import org.riseedge.Format
import org.riseedge.Frame
import org.riseedge.Viewpoint

/**
 * The back camera through ARCore: colour and depth, which ARCore has from motion and, where the phone has
 * one, from a depth sensor. There is no depth for the front camera. The activity stands upright.
 */
class DepthCamera(activity: Activity) : AutoCloseable {
    private val session = Session(activity)
    private val rotationDeg: Int

    init {
        if (!session.isDepthModeSupported(Config.DepthMode.AUTOMATIC)) {
            session.close()
            throw UnsupportedOperationException("expected ARCore with depth, this phone has none; use the front camera")
        }
        session.configure(
            session.config.apply {
                depthMode = Config.DepthMode.AUTOMATIC
                focusMode = Config.FocusMode.AUTO
                updateMode = Config.UpdateMode.BLOCKING
                planeFindingMode = Config.PlaneFindingMode.DISABLED
                lightEstimationMode = Config.LightEstimationMode.DISABLED
                // Pictures are read by the processor alone: no OpenGL texture is needed.
                textureUpdateMode = Config.TextureUpdateMode.EXPOSE_HARDWARE_BUFFER
            },
        )
        val cameras = activity.getSystemService(Context.CAMERA_SERVICE) as CameraManager
        val camera = cameras.getCameraCharacteristics(session.cameraConfig.cameraId)
        rotationDeg = checkNotNull(camera.get(CameraCharacteristics.SENSOR_ORIENTATION))
        session.resume()
    }

    /** Wait for a frame and give it; what ARCore does not have yet is absent. */
    fun next(onFrame: (Frame, MediaImage) -> Unit) {
        val frame = session.update()
        if (frame.camera.trackingState != TrackingState.TRACKING) return
        acquire(frame::acquireCameraImage)?.use { colour ->
            acquire(frame::acquireDepthImage16Bits).use { depth -> onFrame(frameOf(frame, colour, depth), colour) }
        }
    }

    private fun frameOf(frame: ArFrame, colour: MediaImage, depth: MediaImage?) = Frame(
        colour.asImage(Format.YUV420_FULL, frame.camera.imageIntrinsics.of(colour)),
        // The depth map covers what the texture shows, in fewer pixels.
        depth?.asImage(Format.DEPTH_MM_U16, frame.camera.textureIntrinsics.of(depth)),
        rotationDeg = rotationDeg,
    )

    override fun close() {
        session.pause()
        session.close()
    }

    companion object {
        /** Whether ARCore is there; asks the person to install it where it could be. */
        fun isInstalled(activity: Activity): Boolean =
            ArCoreApk.getInstance().checkAvailability(activity).isSupported &&
                ArCoreApk.getInstance().requestInstall(activity, true) == ArCoreApk.InstallStatus.INSTALLED
    }
}

private fun acquire(get: () -> MediaImage): MediaImage? = try {
    get()
} catch (_: NotYetAvailableException) {
    null
}

private fun CameraIntrinsics.of(image: MediaImage): Viewpoint {
    val (fx, fy) = focalLength
    val (cx, cy) = principalPoint
    val (width, height) = imageDimensions
    return Viewpoint(fx.toDouble(), fy.toDouble(), cx.toDouble(), cy.toDouble())
        .scaled(image.width / width.toDouble(), image.height / height.toDouble())
}

package org.riseedge.sample

import android.hardware.camera2.CameraCharacteristics
import android.media.Image as MediaImage
import android.util.Size
import androidx.activity.ComponentActivity
import androidx.annotation.OptIn
import androidx.camera.camera2.interop.Camera2CameraInfo
import androidx.camera.camera2.interop.ExperimentalCamera2Interop
import androidx.camera.core.CameraInfo
import androidx.camera.core.CameraSelector
import androidx.camera.core.ExperimentalGetImage
import androidx.camera.core.ImageAnalysis
import androidx.camera.core.Preview
import androidx.camera.core.resolutionselector.AspectRatioStrategy
import androidx.camera.core.resolutionselector.ResolutionSelector
import androidx.camera.core.resolutionselector.ResolutionStrategy
import androidx.camera.lifecycle.ProcessCameraProvider
import androidx.camera.view.PreviewView
import androidx.core.content.ContextCompat
import java.util.concurrent.Executor
import org.riseedge.Format
import org.riseedge.Frame
import org.riseedge.Viewpoint

/** The front camera through CameraX: colour alone. */
class ColourCamera(private val activity: ComponentActivity, private val view: PreviewView) {
    /** Give every frame, with the picture in which to look for a face, on a thread of `executor`. */
    fun start(executor: Executor, onFrame: (Frame, MediaImage) -> Unit) {
        val provider = ProcessCameraProvider.getInstance(activity)
        provider.addListener({ bind(provider.get(), executor, onFrame) }, ContextCompat.getMainExecutor(activity))
    }

    private fun bind(provider: ProcessCameraProvider, executor: Executor, onFrame: (Frame, MediaImage) -> Unit) {
        val preview = Preview.Builder().build().apply { setSurfaceProvider(view.surfaceProvider) }
        // 4:3, like nearly every sensor: the whole of it, so that its lens tells the focal length.
        val resolution = ResolutionSelector.Builder()
            .setAspectRatioStrategy(AspectRatioStrategy.RATIO_4_3_FALLBACK_AUTO_STRATEGY)
            .setResolutionStrategy(
                ResolutionStrategy(Size(640, 480), ResolutionStrategy.FALLBACK_RULE_CLOSEST_HIGHER_THEN_LOWER),
            )
            .build()
        val analysis = ImageAnalysis.Builder()
            .setResolutionSelector(resolution)
            .setBackpressureStrategy(ImageAnalysis.STRATEGY_KEEP_ONLY_LATEST)
            .setOutputImageFormat(ImageAnalysis.OUTPUT_IMAGE_FORMAT_YUV_420_888)
            .build()
        provider.unbindAll()
        val camera = provider.bindToLifecycle(activity, CameraSelector.DEFAULT_FRONT_CAMERA, preview, analysis)
        analyse(analysis, executor, viewpoints(camera.cameraInfo), onFrame)
    }

    @OptIn(ExperimentalGetImage::class)
    private fun analyse(
        analysis: ImageAnalysis,
        executor: Executor,
        viewpoint: (MediaImage) -> Viewpoint,
        onFrame: (Frame, MediaImage) -> Unit,
    ) = analysis.setAnalyzer(executor) { proxy ->
        proxy.use {
            val picture = it.image ?: return@use
            val colour = picture.asImage(Format.YUV420_FULL, viewpoint(picture))
            onFrame(Frame(colour, rotationDeg = it.imageInfo.rotationDegrees), picture)
        }
    }

    @OptIn(ExperimentalCamera2Interop::class)
    private fun viewpoints(info: CameraInfo): (MediaImage) -> Viewpoint {
        val camera = Camera2CameraInfo.from(info)
        val focals = camera.getCameraCharacteristic(CameraCharacteristics.LENS_INFO_AVAILABLE_FOCAL_LENGTHS)
        val sensor = camera.getCameraCharacteristic(CameraCharacteristics.SENSOR_INFO_PHYSICAL_SIZE)
        val focalMm = checkNotNull(focals?.firstOrNull()) { "expected a camera that tells its focal length" }.toDouble()
        val widthMm = checkNotNull(sensor) { "expected a camera that tells its sensor's size" }.width.toDouble()
        return { Viewpoint.ofLens(focalMm, widthMm, it.width, it.height) }
    }
}

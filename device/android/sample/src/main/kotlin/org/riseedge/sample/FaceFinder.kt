package org.riseedge.sample

import android.media.Image as MediaImage
import com.google.android.gms.tasks.Tasks
import com.google.mlkit.vision.common.InputImage
import com.google.mlkit.vision.face.Face as FoundFace
import com.google.mlkit.vision.face.FaceDetection
import com.google.mlkit.vision.face.FaceDetectorOptions
import com.google.mlkit.vision.face.FaceLandmark
import org.riseedge.Face
import org.riseedge.Point

/** ML Kit's face detector. Its left and right are the person's own, its pixels those of the upright picture. */
class FaceFinder : AutoCloseable {
    private val detector = FaceDetection.getClient(
        FaceDetectorOptions.Builder()
            .setPerformanceMode(FaceDetectorOptions.PERFORMANCE_MODE_FAST)
            .setLandmarkMode(FaceDetectorOptions.LANDMARK_MODE_ALL)
            .build(),
    )

    /** The face in a picture, if there is exactly one; not on the main thread. */
    fun find(image: MediaImage, rotationDeg: Int): Face? =
        Tasks.await(detector.process(InputImage.fromMediaImage(image, rotationDeg))).singleOrNull()?.asFace()

    override fun close() = detector.close()
}

private fun FoundFace.asFace(): Face? {
    val right = point(FaceLandmark.RIGHT_EYE) ?: return null
    val left = point(FaceLandmark.LEFT_EYE) ?: return null
    val mouthRight = point(FaceLandmark.MOUTH_RIGHT) ?: return null
    val mouthLeft = point(FaceLandmark.MOUTH_LEFT) ?: return null
    return Face(right, left, Point((mouthRight.x + mouthLeft.x) / 2, (mouthRight.y + mouthLeft.y) / 2))
}

private fun FoundFace.point(landmark: Int) = getLandmark(landmark)?.position?.let { Point(it.x, it.y) }

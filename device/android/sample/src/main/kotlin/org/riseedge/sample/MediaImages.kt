package org.riseedge.sample

import android.media.Image as MediaImage
import org.riseedge.Format
import org.riseedge.Image
import org.riseedge.Plane
import org.riseedge.Viewpoint

/** A picture where Android holds it, in `format`; to be used before the media image is closed. */
fun MediaImage.asImage(format: Format, viewpoint: Viewpoint) =
    Image(format, width, height, planes.map { it.asPlane() }, viewpoint)

// Others read the same buffer, and may have moved its position.
private fun MediaImage.Plane.asPlane() = Plane(buffer.duplicate().apply { rewind() }, rowStride, pixelStride)

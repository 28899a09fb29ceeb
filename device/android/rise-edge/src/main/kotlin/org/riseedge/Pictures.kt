package org.riseedge

import java.nio.ByteBuffer

private const val PLANES = 3
private const val LAYOUT = 9
private const val VIEWPOINT = 16

/** A frame's pictures as the arrays of [Native.check]. */
internal class Pictures(frame: Frame) {
    private val images = listOf(frame.colour, frame.depth, frame.infrared)

    /** Which pictures are there, in the bits of [Modalities]. */
    val bits = images.indices.filter { images[it] != null }.sumOf { 1 shl it }
    val planes = arrayOfNulls<ByteBuffer>(images.size * PLANES)
    val layouts = IntArray(images.size * LAYOUT)
    val viewpoints = DoubleArray(images.size * VIEWPOINT)

    init {
        images.forEachIndexed { index, image -> image?.let { put(index, it) } }
    }

    private fun put(index: Int, image: Image) {
        val layout = index * LAYOUT
        layouts[layout] = image.format.code
        layouts[layout + 1] = image.width
        layouts[layout + 2] = image.height
        image.planes.forEachIndexed { number, plane ->
            // A slice begins at the buffer's position, which is where JNI then finds its address.
            planes[index * PLANES + number] = plane.data.slice()
            layouts[layout + 3 + 2 * number] = plane.rowStride
            layouts[layout + 4 + 2 * number] = plane.pixelStride
        }
        image.viewpoint.numbers().copyInto(viewpoints, index * VIEWPOINT)
    }
}

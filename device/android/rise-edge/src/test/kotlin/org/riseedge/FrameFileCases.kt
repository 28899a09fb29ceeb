package org.riseedge

import java.io.File
import java.nio.ByteBuffer

/**
 * A frame that the Python side of the tests wrote, as lines of words. `frame ROTATION MIRRORED REQUIRED`,
 * `face` with six numbers, then for each picture its modality, format, width, height and the sixteen numbers
 * of its viewpoint, followed by a line `plane FILE ROW_STRIDE PIXEL_STRIDE` for each plane.
 */
private class FrameFile(private val file: File) {
    private val lines = file.readLines().map { it.split(" ") }
    private val head = lines.first { it[0] == "frame" }.drop(1).map(String::toInt)
    private val points =
        lines.first { it[0] == "face" }.drop(1).map(String::toFloat).chunked(2).map { (x, y) -> Point(x, y) }

    val frame = Frame(
        picture("colour")!!, picture("depth"), picture("infrared"), rotationDeg = head[0], mirrored = head[1] != 0,
    )
    val face = Face(points[0], points[1], points[2])
    val required = Modalities(head[2])

    private fun picture(modality: String): Image? {
        val start = lines.indexOfFirst { it[0] == modality }.takeIf { it >= 0 } ?: return null
        val words = lines[start].drop(1)
        val (fx, fy, cx, cy) = words.drop(3).map(String::toDouble)
        val rest = words.drop(7).map(String::toDouble)
        val viewpoint = Viewpoint(fx, fy, cx, cy, rest.take(9).toDoubleArray(), rest.drop(9).toDoubleArray())
        val planes = lines.drop(start + 1).takeWhile { it[0] == "plane" }.map(::plane)
        return Image(Format.entries.first { it.name == words[0] }, words[1].toInt(), words[2].toInt(), planes, viewpoint)
    }

    private fun plane(words: List<String>): Plane {
        val bytes = File(file.parentFile, words[1]).readBytes()
        return Plane(ByteBuffer.allocateDirect(bytes.size).put(bytes).rewind(), words[2].toInt(), words[3].toInt())
    }
}

val frameFileCases = listOf(
    Case("frames of cameras are judged through all that describes them") {
        for (runtime in Runtime.entries.filter { hasOnnx || it == Runtime.EXECUTORCH }) {
            Checker.open(bundle, runtime).use { checker ->
                for (file in frames) {
                    val given = FrameFile(file)
                    val verdict = checker.check(given.frame, given.face, given.required)
                    val (modalities, norm, radius, margin) = verdict.reading
                    val answer = "${verdict.outcome} ${verdict.reason}"
                    println("verdict ${file.name} $runtime $answer $modalities $norm $radius $margin")
                }
            }
        }
    },
)

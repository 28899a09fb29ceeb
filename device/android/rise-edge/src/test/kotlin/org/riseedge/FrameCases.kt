package org.riseedge

import java.nio.ByteBuffer
import java.nio.ByteOrder

private const val WIDTH = 320
private const val HEIGHT = 240
private val somewhere = Viewpoint(300.0, 300.0, WIDTH / 2.0, HEIGHT / 2.0)
internal val middle = Face(Point(140f, 100f), Point(180f, 100f), Point(160f, 140f))
private val withDepth = Modalities.COLOUR or Modalities.DEPTH

private fun grey(bytes: Int, shade: Byte = 120) =
    ByteBuffer.allocateDirect(bytes).apply { while (hasRemaining()) put(shade) }.apply { rewind() }

internal fun colour(data: ByteBuffer = grey(WIDTH * HEIGHT * 3), width: Int = WIDTH) =
    Image(Format.RGB8, width, HEIGHT, listOf(Plane(data)), somewhere)

/** The same picture in another shade, which is no repeated one. */
internal fun otherGrey() = grey(WIDTH * HEIGHT * 3, shade = 90)

private fun depth(millimetres: Short): Image {
    val data = ByteBuffer.allocateDirect(WIDTH * HEIGHT * 2).order(ByteOrder.nativeOrder())
    repeat(WIDTH * HEIGHT) { data.putShort(millimetres) }
    return Image(Format.DEPTH_MM_U16, WIDTH, HEIGHT, listOf(Plane(data.rewind())), somewhere)
}

val frameCases = listOf(
    Case("a frame with colour and depth is read") {
        openBundle().use {
            val verdict = it.check(Frame(colour(), depth(500)), middle, withDepth)
            assertEquals(withDepth, verdict.reading.modalities)
            assertTrue(verdict.reading.norm > 0 && verdict.reading.radius > 0)
            assertClose(1 - verdict.reading.norm / verdict.reading.radius, verdict.reading.margin, 1e-6)
            assertEquals(if (verdict.reading.margin >= 0) Outcome.LIVE else Outcome.SPOOF, verdict.outcome)
        }
    },
    Case("what is not required is not read") {
        openBundle().use {
            val alone = it.check(Frame(colour()), middle, Modalities.COLOUR)
            assertEquals(Modalities.COLOUR, alone.reading.modalities)
            assertEquals(alone, it.check(Frame(colour(), depth(500)), middle, Modalities.COLOUR))
        }
    },
    Case("colour alone is undecided unless it is accepted by name") {
        openBundle().use {
            val verdict = it.check(Frame(colour()), middle, Modalities.COLOUR)
            assertEquals(Outcome.UNDECIDED to Reason.COLOUR_ALONE, verdict.outcome to verdict.reason)
        }
        Checker.open(bundle, Runtime.EXECUTORCH, acceptColourAlone = true).use {
            val verdict = it.check(Frame(colour()), middle, Modalities.COLOUR)
            assertEquals(Reason.NO_REASON, verdict.reason)
            assertEquals(if (verdict.reading.margin >= 0) Outcome.LIVE else Outcome.SPOOF, verdict.outcome)
        }
    },
    Case("required depth that is not there leaves it undecided") {
        openBundle().use {
            val verdict = it.check(Frame(colour()), middle, withDepth)
            assertEquals(Outcome.UNDECIDED to Reason.MISSING_MODALITY, verdict.outcome to verdict.reason)
            assertEquals(Reading(Modalities(0), 0f, 0.0, 0.0), verdict.reading)
        }
    },
    Case("depth without readings leaves it undecided") {
        openBundle().use {
            val verdict = it.check(Frame(colour(), depth(0)), middle, withDepth)
            assertEquals(Outcome.UNDECIDED to Reason.DEPTH_COVERAGE, verdict.outcome to verdict.reason)
        }
    },
    Case("a black picture leaves it undecided") {
        openBundle().use {
            val black = colour(ByteBuffer.allocateDirect(WIDTH * HEIGHT * 3))
            val verdict = it.check(Frame(black), middle, Modalities.COLOUR)
            assertEquals(Outcome.UNDECIDED to Reason.TOO_DARK, verdict.outcome to verdict.reason)
        }
    },
    Case("a buffer is read from its position to its limit") {
        openBundle().use {
            val margin = 64
            val data = grey(WIDTH * HEIGHT * 3 + 2 * margin)
            for (i in 0 until margin) data.put(i, 0)
            data.position(margin).limit(data.capacity() - margin)
            assertEquals(
                it.check(Frame(colour()), middle, Modalities.COLOUR),
                it.check(Frame(colour(data)), middle, Modalities.COLOUR),
            )
            assertEquals(margin, data.position())
            data.limit(data.limit() - 1)
            assertThrows<IllegalArgumentException> { it.check(Frame(colour(data)), middle, Modalities.COLOUR) }
        }
    },
    Case("a picture that is smaller than it says is refused") {
        openBundle().use {
            for (width in listOf(WIDTH + 1, Int.MAX_VALUE, 0, -1)) {
                assertThrows<IllegalArgumentException> {
                    it.check(Frame(colour(width = width)), middle, Modalities.COLOUR)
                }
            }
        }
    },
    Case("a picture without the planes of its format is refused") {
        openBundle().use {
            val onePlane = Image(Format.YUV420_FULL, WIDTH, HEIGHT, listOf(Plane(grey(WIDTH * HEIGHT))), somewhere)
            assertThrows<IllegalArgumentException> { it.check(Frame(onePlane), middle, Modalities.COLOUR) }
        }
    },
    Case("a rotation that is no quarter turn is refused") {
        openBundle().use {
            assertThrows<IllegalArgumentException> {
                it.check(Frame(colour(), rotationDeg = 45), middle, Modalities.COLOUR)
            }
        }
    },
    Case("a face that is no number never gives an answer") {
        openBundle().use {
            val nowhere = Face(Point(Float.NaN, 0f), Point(0f, Float.POSITIVE_INFINITY), Point(1e30f, 0f))
            val verdict = runCatching { it.check(Frame(colour()), nowhere, Modalities.COLOUR) }
            verdict.onSuccess { answer -> assertEquals(Outcome.UNDECIDED, answer.outcome) }
            verdict.onFailure { error -> assertTrue(error is IllegalArgumentException, "$error") }
        }
    },
    Case("a set without colour is refused") {
        openBundle().use {
            for (required in listOf(Modalities.DEPTH, Modalities(0), Modalities(9))) {
                assertThrows<IllegalArgumentException> { it.check(Frame(colour()), middle, required) }
            }
        }
    },
    Case("a buffer on the heap is refused") {
        assertThrows<IllegalArgumentException> { Plane(ByteBuffer.allocate(16)) }
    },
    Case("planes and viewpoints of the wrong size are refused") {
        assertThrows<IllegalArgumentException> { Image(Format.RGB8, 1, 1, emptyList(), somewhere) }
        assertThrows<IllegalArgumentException> { Image(Format.RGB8, 1, 1, List(4) { Plane(grey(3)) }, somewhere) }
        assertThrows<IllegalArgumentException> { Viewpoint(1.0, 1.0, 0.0, 0.0, rotation = DoubleArray(3)) }
        assertThrows<IllegalArgumentException> { Viewpoint(1.0, 1.0, 0.0, 0.0, translationMm = DoubleArray(2)) }
    },
    Case("a viewpoint scales with its picture") {
        val half = Viewpoint(600.0, 610.0, 320.0, 240.0, translationMm = doubleArrayOf(1.0, 2.0, 3.0)).scaled(0.5, 0.25)
        assertEquals(
            listOf(300.0, 152.5, 160.0, 60.0) + List(9) { 0.0 } + listOf(1.0, 2.0, 3.0),
            half.numbers().toList(),
        )
    },
    Case("a viewpoint follows from the lens") {
        assertEquals(
            listOf(480.0, 480.0, 320.0, 240.0) + List(12) { 0.0 },
            Viewpoint.ofLens(focalMm = 3.0, sensorWidthMm = 4.0, width = 640, height = 480).numbers().toList(),
        )
    },
    Case("modalities have the names of manifests") {
        assertEquals("colour+depth", withDepth.toString())
        assertEquals("colour+depth+infrared", (Modalities.INFRARED or withDepth).toString())
        assertTrue(Modalities.DEPTH in withDepth)
        assertFalse(Modalities.INFRARED in withDepth)
    },
)

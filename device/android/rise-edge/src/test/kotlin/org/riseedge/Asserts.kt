package org.riseedge

/** Assertions of the kind that `kotlin.test` has, which no package that the tests may fetch carries. */
fun assertTrue(holds: Boolean, message: String = "expected true, got false") {
    if (!holds) throw AssertionError(message)
}

fun assertFalse(holds: Boolean) = assertTrue(!holds, "expected false, got true")

fun assertEquals(expected: Any?, got: Any?) = assertTrue(expected == got, "expected <$expected>, got <$got>")

fun assertClose(expected: Double, got: Double, tolerance: Double) =
    assertTrue(kotlin.math.abs(expected - got) <= tolerance, "expected <$expected> within $tolerance, got <$got>")

fun assertContains(text: String, part: String) = assertTrue(part in text, "expected '$part' in '$text'")

/** The error that `call` throws, which must be an `E`. */
inline fun <reified E : Throwable> assertThrows(call: () -> Unit): E {
    val error = runCatching(call).exceptionOrNull()
    if (error !is E) throw AssertionError("expected ${E::class.java.name}, got $error", error)
    return error
}

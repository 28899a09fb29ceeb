package org.riseedge

/** What a call came to; the numbers are those of `rise_status`. */
enum class Status(internal val code: Int) {
    OK(0),
    ERROR_ARGUMENT(1),
    ERROR_BUNDLE(2),
    ERROR_RUNTIME(3),
    ERROR_MODALITIES(4),
    ERROR_MEMORY(5),
    ERROR_INTERNAL(6),
}

/** A call failed, and nothing was decided. The message says what was expected, what came and what to do. */
class RiseEdgeException(val status: Status, message: String) : RuntimeException(message)

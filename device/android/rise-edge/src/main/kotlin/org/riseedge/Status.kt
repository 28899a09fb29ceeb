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

/** Throw what the last call of this thread refused. */
internal fun succeed(code: Int) {
    if (code == Status.OK.code) return
    val message = Native.lastError().decodeToString()
    val status = Status.entries.find { it.code == code } ?: Status.ERROR_INTERNAL
    if (status == Status.ERROR_ARGUMENT) throw IllegalArgumentException(message)
    throw RiseEdgeException(status, message)
}

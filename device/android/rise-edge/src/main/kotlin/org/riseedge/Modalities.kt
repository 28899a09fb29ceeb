package org.riseedge

/** A set of modalities, as in `Modalities.COLOUR or Modalities.DEPTH`; a radius is calibrated for each set. */
@JvmInline
value class Modalities internal constructor(internal val bits: Int) {
    infix fun or(other: Modalities) = Modalities(bits or other.bits)

    /** Whether all of `other` are in this set. */
    operator fun contains(other: Modalities) = bits and other.bits == other.bits

    /** The name that manifests and events use: `colour+depth`. */
    override fun toString() =
        listOf("colour" to COLOUR, "depth" to DEPTH, "infrared" to INFRARED)
            .filter { (_, one) -> one in this }
            .joinToString("+") { (name, _) -> name }

    companion object {
        val COLOUR = Modalities(1)
        val DEPTH = Modalities(2)
        val INFRARED = Modalities(4)
    }
}

/** The three kinds of picture, in the order of the model's `present` input. */
export const MODALITIES = ["colour", "depth", "infrared"];

/** Name a set of modalities as manifests do: `present` holds three truths, in the order above. */
export function modalitySet(present) {
  return MODALITIES.filter((_, i) => present[i]).join("+");
}

/** The name of every set that is not empty. */
export const MODALITY_SETS = new Set(
  [1, 2, 3, 4, 5, 6, 7].map((bits) => modalitySet(MODALITIES.map((_, i) => (bits >> i) & 1))),
);

// One reading of one crop: its norm compared with the sphere that bounds living faces; see
// rise_edge/decision/reading.py.

import { modalitySet } from "../modalities.js";

const NORM_TOLERANCE = 1e-3;

/** Where a crop lies relative to the sphere. */
export class Reading {
  /**
   * @param {import("../model/model.js").Embedding} embedding
   * @param {number} radius
   */
  constructor(embedding, radius) {
    Object.assign(this, { embedding, radius });
    Object.freeze(this);
  }

  /** Length of the embedding: the more evidence of an attack, the longer. */
  get norm() {
    return this.embedding.norm;
  }

  /**
   * Signed distance to the sphere in radii, 1 - norm / radius: at least 0 inside, where live faces
   * lie. In this order the sign is exact.
   */
  get margin() {
    return (this.radius - this.norm) / this.radius;
  }

  /**
   * Whether the numbers can be evidence at all. A live face is one of small norm, so a dead model
   * (all zero) or a broken one (NaN, a norm that is not its vector's) must not pass for one.
   */
  get sound() {
    const length = Math.sqrt(this.embedding.vector.reduce((sum, x) => sum + x * x, 0));
    return (
      Number.isFinite(length) &&
      Number.isFinite(this.norm) &&
      length > 0 &&
      Math.abs(length - this.norm) <= NORM_TOLERANCE * length
    );
  }
}

/**
 * Hold an embedding against the radius of its modality set.
 *
 * @param {import("../model/model.js").Embedding} embedding
 * @param {Map<string, number>} radii  modality set -> radius, of the runtime that made it.
 * @throws {Error} no radius was calibrated for these modalities.
 */
export function readMargin(embedding, radii) {
  const name = modalitySet(embedding.present);
  if (!radii.has(name)) {
    throw new Error(`expected modalities with a calibrated radius (${[...radii.keys()].join(", ")}), got ${name}`);
  }
  return new Reading(embedding, radii.get(name));
}

// Prove in this browser that a bundle decides as it was built to: `python -m rise_edge.selftest`.

import { GOLDEN } from "./bundle/bundle.js";
import { BundleError } from "./errors.js";
import { threeDigits } from "./crop/half_even.js";
import { MODALITIES, modalitySet } from "./modalities.js";
import { readNpz } from "./bundle/npz.js";

const TOLERANCE = 1e-3;
const BATCH = 32;
const FORMS = { colour: "|u1", depth_mm: "<u2", infrared: "|u1", present: "|u1" };

/** How a model did on the golden vectors. */
export class Proof {
  constructor(runtime, count, largestDifference, flips) {
    Object.assign(this, { runtime, count, largestDifference, flips });
    Object.freeze(this);
  }

  /** Whether every decision is the same and every norm is close. */
  get holds() {
    return this.flips === 0 && this.largestDifference <= TOLERANCE;
  }

  toString() {
    return (
      `${this.runtime}: ${this.count} golden vectors, largest norm difference ` +
      `${threeDigits(this.largestDifference)}, ${this.flips} decisions differ`
    );
  }
}

/**
 * Run a bundle's golden vectors, of every modality set, through its opened model.
 *
 * @param {import("./bundle/bundle.js").Bundle} bundle
 * @param {Awaited<ReturnType<typeof import("./model/model.js").openModel>>} model
 * @returns {Promise<Proof>}
 * @throws {BundleError} the bundle holds no radii or no golden vectors for the model's runtime.
 */
export async function prove(bundle, model) {
  const radii = bundle.manifest.radii.get(model.name);
  if (!radii) {
    const known = [...bundle.manifest.radii.keys()].join(", ");
    throw new BundleError(`expected radii for ${model.name}, the bundle has some for ${known}`);
  }
  const { crops, norms } = await readGolden(bundle, model.name, radii);
  let [largest, flips] = [0, 0];
  for (let start = 0; start < crops.length; start += BATCH) {
    const given = await model.embed(crops.slice(start, start + BATCH));
    given.forEach(({ norm, present }, i) => {
      const [wanted, radius] = [norms[start + i], radii.get(modalitySet(present))];
      const difference = Math.abs(norm - wanted);
      // NaN is as far from the right norm as can be.
      largest = Math.max(largest, Number.isNaN(difference) ? Infinity : difference);
      if (norm <= radius !== wanted <= radius) flips += 1;
    });
  }
  return new Proof(model.name, crops.length, largest, flips);
}

async function readGolden(bundle, runtime, radii) {
  const forms = { ...FORMS, [`norm_${runtime}`]: "<f4" };
  const content = await bundle.read(GOLDEN);
  try {
    const arrays = await readNpz(content, Object.keys(forms));
    const [n, s] = [arrays.present.shape[0], bundle.manifest.crop_size];
    const shapes = {
      colour: [n, s, s, 3],
      depth_mm: [n, s, s],
      infrared: [n, s, s],
      present: [n, MODALITIES.length],
      [`norm_${runtime}`]: [n],
    };
    if (!(n > 0)) throw new Error("expected at least one crop, got none");
    for (const [name, { shape, dtype }] of Object.entries(arrays)) {
      if (dtype !== forms[name] || shape.join() !== shapes[name].join()) {
        throw new Error(`expected ${name} as ${forms[name]} (${shapes[name]}), got ${dtype} (${shape})`);
      }
    }
    const crops = Array.from({ length: n }, (_, i) => cropAt(arrays, i, n));
    const unknown = crops.map(({ present }) => modalitySet(present)).find((set) => !radii.has(set));
    if (unknown !== undefined) throw new Error(`no radius for ${unknown || "no modality"}`);
    return { crops, norms: arrays[`norm_${runtime}`].data };
  } catch (error) {
    throw new BundleError(`golden vectors ${GOLDEN} are not usable: ${error.message}`);
  }
}

function cropAt(arrays, i, n) {
  const part = ({ data }) => data.subarray((i * data.length) / n, ((i + 1) * data.length) / n);
  return {
    colour: part(arrays.colour),
    depth_mm: part(arrays.depth_mm),
    infrared: part(arrays.infrared),
    present: Array.from(part(arrays.present), (seen) => (seen ? 1 : 0)),
  };
}

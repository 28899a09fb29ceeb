// A bundle's model: crops in, embeddings out. Normalisation is inside the graph.

import { BundleError } from "../errors.js";
import { openSession, Tensor } from "./onnxruntime.js";

/** Runtime -> the file of a bundle that it runs: in int8, and in full precision. */
export const RUNTIMES = { onnx: "model.onnx", onnx_float: "model_float.onnx" };

const INPUTS = { colour: "uint8", depth_mm: "int32", infrared: "uint8", present: "float32" };
const OUTPUTS = ["embedding", "norm"];

/**
 * @typedef {object} Crop  raw values; the arrays of absent modalities are zero.
 * @property {ArrayLike<number>} colour  S x S x 3, red, green, blue from 0 to 255.
 * @property {ArrayLike<number>} depth_mm  S x S, 0 = no reading.
 * @property {ArrayLike<number>} infrared  S x S, 0 to 255.
 * @property {number[]} present  1 or 0 for colour, depth, infrared.
 *
 * @typedef {object} Embedding
 * @property {Float32Array} vector
 * @property {number} norm  its length, as the graph computed it.
 * @property {number[]} present  the modalities that it was made of.
 */

/** @returns {Crop} of colour alone. */
export function colourCrop(picture) {
  const area = picture.width * picture.height;
  return {
    colour: picture.data,
    depth_mm: new Uint16Array(area),
    infrared: new Uint8Array(area),
    present: [1, 0, 0],
  };
}

/**
 * @param {import("../bundle/bundle.js").Bundle} bundle
 * @param {string} name  onnx or onnx_float.
 * @throws {BundleError} the bundle holds no such model, or one that breaks the input contract.
 */
export async function openModel(bundle, name = "onnx_float") {
  if (!Object.hasOwn(RUNTIMES, name)) {
    throw new Error(`expected runtime to be one of ${Object.keys(RUNTIMES).join(", ")}, got ${name}`);
  }
  const content = await bundle.read(RUNTIMES[name]);
  let session;
  try {
    session = await openSession(content);
  } catch (error) {
    throw new BundleError(`onnxruntime-web refuses ${RUNTIMES[name]}: ${error.message.split("\n")[0]}`);
  }
  const inputs = Object.fromEntries(session.inputMetadata.map(({ name, type }) => [name, type]));
  const outputs = [...session.outputNames];
  if (!sameEntries(inputs, INPUTS) || outputs.sort().join() !== OUTPUTS.join()) {
    const got = `${JSON.stringify(inputs)} to ${outputs}`;
    throw new BundleError(`expected a model from ${JSON.stringify(INPUTS)} to ${OUTPUTS}, got ${got}`);
  }
  return new Model(name, session, bundle.manifest);
}

class Model {
  constructor(name, session, { crop_size, embedding_size }) {
    Object.assign(this, { name, session, size: crop_size, width: embedding_size });
  }

  /**
   * Embed crops of the bundle's size, as one batch.
   *
   * @param {Crop[]} crops
   * @returns {Promise<Embedding[]>}
   * @throws {BundleError} the model gives other shapes than the manifest says.
   */
  async embed(crops) {
    const { embedding, norm } = await this.session.run(this.#tensors(crops));
    const [n, width] = [crops.length, this.width];
    if (embedding.dims.join() !== `${n},${width}` || norm.dims.join() !== `${n}`) {
      throw new BundleError(
        `expected the model to give embeddings (${n}, ${width}), got (${embedding.dims}) and norms (${norm.dims})`,
      );
    }
    return crops.map(({ present }, i) => ({
      vector: embedding.data.slice(i * width, (i + 1) * width),
      norm: norm.data[i],
      present,
    }));
  }

  #tensors(crops) {
    const [n, s] = [crops.length, this.size];
    const stack = (Kind, name, length) => {
      const data = new Kind(n * length);
      crops.forEach((crop, i) => {
        if (crop[name].length !== length) throw new Error(`expected ${name} of a crop of ${s} pixels`);
        data.set(crop[name], i * length);
      });
      return data;
    };
    return {
      colour: new Tensor("uint8", stack(Uint8Array, "colour", s * s * 3), [n, s, s, 3]),
      depth_mm: new Tensor("int32", stack(Int32Array, "depth_mm", s * s), [n, s, s]),
      infrared: new Tensor("uint8", stack(Uint8Array, "infrared", s * s), [n, s, s]),
      present: new Tensor("float32", stack(Float32Array, "present", 3), [n, 3]),
    };
  }
}

function sameEntries(a, b) {
  const names = Object.keys(b);
  return Object.keys(a).length === names.length && names.every((name) => a[name] === b[name]);
}

// One colour picture in, one verdict out; see rise_edge/checker.py.

import { cropFace } from "./crop/crop.js";
import { openDetector } from "./face/detector.js";
import { BundleError } from "./errors.js";
import { EVIDENCE, examineFaces } from "./checks/evidence.js";
import { faceSquare } from "./face/face.js";
import { colourCrop, openModel } from "./model/model.js";
import { viewFault } from "./checks/quality.js";
import { readMargin } from "./decision/reading.js";
import { decide } from "./decision/verdict.js";

/**
 * @param {import("./bundle/bundle.js").Bundle} bundle
 * @param {{runtime?: string, blazeface?: string, acceptColourAlone?: boolean}} options  onnx or
 *   onnx_float, where the face detector's two files are, and whether colour alone decides: otherwise
 *   the verdict of whatever was read is UNDECIDED(colour_alone).
 * @returns {Promise<Checker>}
 * @throws {BundleError} the bundle holds no model or no radius of colour for this runtime.
 */
export async function openChecker(
  bundle,
  {
    runtime = "onnx_float",
    blazeface = "blazeface/",
    acceptColourAlone = EVIDENCE.accept_colour_alone,
  } = {},
) {
  const radii = bundle.manifest.radii.get(runtime) ?? new Map();
  if (!radii.has("colour")) {
    const known = [...radii.keys()].join(", ") || "none";
    throw new BundleError(`expected a radius for colour on ${runtime}, the bundle has ${known}`);
  }
  const [model, detector] = [await openModel(bundle, runtime), await openDetector(blazeface)];
  return new Checker(model, radii, detector, acceptColourAlone);
}

/**
 * @typedef {object} Observation
 * @property {import("./decision/verdict.js").Verdict} verdict  for this picture alone.
 * @property {import("./face/face.js").Square | null} square  around the face that was judged.
 * @property {import("./crop/picture.js").Picture | null} crop  what the model reads, or would have read.
 */

/** Judges colour pictures, one at a time; `acceptColourAlone` may be changed between two of them. */
class Checker {
  constructor(model, radii, detector, acceptColourAlone) {
    Object.assign(this, { model, radii, detector, acceptColourAlone });
  }

  /**
   * The verdict for one picture by itself, with what was seen on the way.
   *
   * @param {import("./crop/picture.js").Picture} picture
   * @returns {Promise<Observation>}
   */
  async observe(picture) {
    const faces = await this.detector.detect(picture);
    const fault = examineFaces(faces);
    if (fault) return { verdict: fault, square: null, crop: null };
    const square = faceSquare(faces[0].keypoints);
    const crop = cropFace(picture, square, this.model.size);
    const poor = viewFault(picture, faces[0], square, crop);
    return { verdict: poor ?? decide(await this.read(crop), this), square, crop };
  }

  /** Read one crop of colour: norm, radius, margin. */
  async read(crop) {
    const [embedding] = await this.model.embed([colourCrop(crop)]);
    return readMargin(embedding, this.radii);
  }
}

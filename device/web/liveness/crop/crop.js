// The face cut out of a colour image, at the model's size; see rise_edge/face/crop.py. A browser
// sees colour alone, so nothing is registered.

import { roundHalfEven } from "./half_even.js";
import { cut } from "./picture.js";
import { areaTaps, linearTaps, resize } from "./resize.js";

/**
 * Cut a square out of a picture and scale it; what lies outside the picture is zero.
 *
 * @param {import("./picture.js").Picture} picture
 * @param {import("../face/face.js").Square} square
 * @param {number} size  side of the result in pixels.
 * @param {typeof areaTaps} taps  how to scale.
 */
export function cutSquare(picture, square, size, taps) {
  const side = Math.max(2, roundHalfEven(square.side));
  const left = roundHalfEven(square.cx - side / 2);
  const top = roundHalfEven(square.cy - side / 2);
  return resize(cut(picture, left, top, side, side), size, size, taps);
}

/** The model's colour input: shrunk by area, enlarged by lines between pixels. */
export function cropFace(picture, square, size) {
  return cutSquare(picture, square, size, square.side >= size ? areaTaps : linearTaps);
}

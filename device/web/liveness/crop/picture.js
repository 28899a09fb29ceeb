// Pictures, and how a part of one is cut out.

/**
 * @typedef {object} Picture
 * @property {number} width
 * @property {number} height
 * @property {number} channels  3 or 4: red, green, blue, and an alpha that nothing reads.
 * @property {Uint8Array | Uint8ClampedArray} data  row by row.
 */

/**
 * The pixels of what a canvas can draw: an ImageBitmap, or a video's frame.
 *
 * @param {CanvasImageSource} source
 * @returns {Picture}
 */
export function pictureOf(source) {
  const width = source.videoWidth ?? source.width;
  const height = source.videoHeight ?? source.height;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  context.drawImage(source, 0, 0);
  return { width, height, channels: 4, data: context.getImageData(0, 0, width, height).data };
}

/** A picture file as it was taken: turned as its file says, its colours left as they are. */
export async function openPicture(file) {
  return pictureOf(await createImageBitmap(file, { colorSpaceConversion: "none" }));
}

/**
 * Cut a window out of a picture; what lies outside the picture is zero.
 *
 * @returns {Picture} of three channels.
 */
export function cut(picture, left, top, width, height) {
  const { channels, data } = picture;
  const out = new Uint8Array(width * height * 3);
  const [x0, x1] = [Math.max(left, 0), Math.min(left + width, picture.width)];
  const [y0, y1] = [Math.max(top, 0), Math.min(top + height, picture.height)];
  for (let y = y0; y < y1; y += 1) {
    let from = (y * picture.width + x0) * channels;
    let to = ((y - top) * width + x0 - left) * 3;
    for (let x = x0; x < x1; x += 1, from += channels, to += 3) {
      out[to] = data[from];
      out[to + 1] = data[from + 1];
      out[to + 2] = data[from + 2];
    }
  }
  return { width, height, channels: 3, data: out };
}

/** A picture turned by 180 degrees, or any array of rows of pixels. */
export function turnPicture({ width, height, channels, data }) {
  const turned = new data.constructor(data.length);
  const last = data.length - channels;
  for (let at = 0; at <= last; at += channels) {
    for (let c = 0; c < channels; c += 1) turned[last - at + c] = data[at + c];
  }
  return { width, height, channels, data: turned };
}

// Scaling pictures as OpenCV does, to within one level: INTER_AREA and INTER_LINEAR.

/**
 * Scale a picture of three channels.
 *
 * @param {import("./picture.js").Picture} picture
 * @param {number} width
 * @param {number} height
 * @param {typeof areaTaps} taps  how much of which pixels a new one takes, along one axis.
 * @returns {import("./picture.js").Picture}
 */
export function resize(picture, width, height, taps) {
  const across = taps(picture.width, width);
  const down = taps(picture.height, height);
  const narrow = new Float32Array(picture.height * width * 3);
  for (let y = 0; y < picture.height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      gather(narrow, (y * width + x) * 3, picture.data, y * picture.width * 3, 3, across[x]);
    }
  }
  const data = new Uint8ClampedArray(width * height * 3); // rounds halves to even, as OpenCV does
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      gather(data, (y * width + x) * 3, narrow, x * 3, width * 3, down[y]);
    }
  }
  return { width, height, channels: 3, data };
}

function gather(out, to, data, base, step, { first, weights }) {
  let [red, green, blue] = [0, 0, 0];
  for (let i = 0, at = base + first * step; i < weights.length; i += 1, at += step) {
    red += weights[i] * data[at];
    green += weights[i] * data[at + 1];
    blue += weights[i] * data[at + 2];
  }
  out[to] = red;
  out[to + 1] = green;
  out[to + 2] = blue;
}

/** Every new pixel is the mean of what lies under it. */
export function areaTaps(from, to) {
  const scale = from / to;
  return Array.from({ length: to }, (_, i) => {
    const [low, high] = [i * scale, Math.min((i + 1) * scale, from)];
    const first = Math.min(Math.floor(low), from - 1);
    const count = Math.max(1, Math.ceil(high) - first);
    const weights = Float64Array.from(
      { length: count },
      (_, k) => (Math.min(high, first + k + 1) - Math.max(low, first + k)) / (high - low),
    );
    return { first, weights };
  });
}

/** Every new pixel lies between the two nearest ones. */
export function linearTaps(from, to) {
  return Array.from({ length: to }, (_, i) => {
    const place = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
    const first = Math.min(Math.floor(place), Math.max(from - 2, 0));
    const beyond = place - first;
    return { first, weights: from > 1 ? [1 - beyond, beyond] : [1] };
  });
}

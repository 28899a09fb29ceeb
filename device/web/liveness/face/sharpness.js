// How much of a face's detail a further blur would take away; see rise_edge/face/sharpness.py.

const REBLUR_PX = 1;
const KERNEL = kernel(REBLUR_PX);

/**
 * Share of the differences between neighbours that a blur removes, 0 = nothing was sharp
 * (after Crete et al. 2007, "The blur effect"). The blunter of rows and columns counts.
 *
 * @param {ArrayLike<number>} grey  of a square picture, row by row.
 * @param {number} size  its side.
 */
export function sharpness(grey, size) {
  const once = blurRows(Float32Array.from(grey), size);
  const blunt = transposed(blurRows(transposed(once, size), size), size);
  const along = lost(grey, blunt, size);
  return Math.min(along, lost(transposed(grey, size), transposed(blunt, size), size));
}

function kernel(sigma) {
  const weights = [-2, -1, 0, 1, 2].map((x) => Math.exp((-x * x) / (2 * sigma * sigma)));
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
}

/** Beyond an edge the picture is mirrored, without the edge itself. */
function blurRows(values, size) {
  const mirrored = (x) => (x < 0 ? -x : x >= size ? 2 * size - 2 - x : x);
  return values.map((_, i) => {
    const [row, x] = [i - (i % size), i % size];
    return KERNEL.reduce((sum, weight, k) => sum + weight * values[row + mirrored(x + k - 2)], 0);
  });
}

function transposed(values, size) {
  return Float32Array.from({ length: size * size }, (_, i) => values[(i % size) * size + Math.floor(i / size)]);
}

function lost(fine, blunt, size) {
  let [before, after] = [0, 0];
  for (let i = size; i < size * size; i += 1) {
    before += Math.abs(fine[i] - fine[i - size]);
    after += Math.abs(blunt[i] - blunt[i - size]);
  }
  return before > 0 ? 1 - after / before : 0;
}

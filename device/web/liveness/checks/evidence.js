// What a picture and a crop must be before a model may judge them; see rise_edge/checks/evidence.py.
// Every check answers with an UNDECIDED verdict or null. None of them can make a verdict LIVE.

import { undecided } from "../decision/verdict.js";

const STRIDE = 7;

/** The fields of Python's EvidenceConfig that one colour picture can meet. */
export const EVIDENCE = Object.freeze({
  accept_colour_alone: false,
  min_face_px: 80,
  max_outside: 0.25,
  dark_level: 6,
  bright_level: 250,
  max_saturated: 0.6,
  rival_face: 0.6,
});

/** What is wrong with the faces that were found, the largest first; null if there is one to judge. */
export function examineFaces(faces) {
  if (faces.length === 0) return undecided("no_face");
  const [first, second] = faces.map(({ box }) => box[2] - box[0]);
  if (second >= EVIDENCE.rival_face * first) {
    return undecided("several_faces", `${faces.length} faces of like size`);
  }
  return null;
}

/** Whether a picture with a face in it is black: its lamp or sensor is dead. */
export function examineLight({ width, height, channels, data }) {
  const seen = [];
  for (let y = 0; y < height; y += STRIDE) {
    for (let x = 0; x < width; x += STRIDE) {
      const at = (y * width + x) * channels;
      seen.push(data[at], data[at + 1], data[at + 2]);
    }
  }
  return percentile(seen, 0.99) < EVIDENCE.dark_level ? undecided("too_dark", "colour is black") : null;
}

/** Everything that is wrong with a crop, cut from `square` of a picture. */
export function cropFaults(crop, square, picture) {
  const faults = [];
  if (!(square.side >= EVIDENCE.min_face_px)) {
    const text = `the face spans ${square.side.toFixed(0)} px (min ${EVIDENCE.min_face_px})`;
    faults.push(undecided("too_far", text));
  }
  const outside = shareOutside(square, picture);
  if (!(outside <= EVIDENCE.max_outside)) {
    faults.push(undecided("out_of_frame", `${percent(outside)} of the face is outside the image`));
  }
  const saturated = saturatedShare(crop);
  if (!(saturated <= EVIDENCE.max_saturated)) {
    faults.push(undecided("too_bright", `${percent(saturated)} of colour is saturated`));
  }
  return faults;
}

/** Share of saturated values in the middle half of a crop. */
export function saturatedShare({ width, data }) {
  const quarter = Math.floor(width / 4);
  let [seen, saturated] = [0, 0];
  for (let y = quarter; y < width - quarter; y += 1) {
    for (let i = (y * width + quarter) * 3; i < (y * width + width - quarter) * 3; i += 1) {
      seen += 1;
      if (data[i] >= EVIDENCE.bright_level) saturated += 1;
    }
  }
  return saturated / seen;
}

export function percent(share) {
  return `${(share * 100).toFixed(0)}%`;
}

function shareOutside({ cx, cy, side }, { width, height }) {
  const half = side / 2;
  const across = Math.min(cx + half, width) - Math.max(cx - half, 0);
  const down = Math.min(cy + half, height) - Math.max(cy - half, 0);
  return 1 - (Math.max(across, 0) * Math.max(down, 0)) / side ** 2;
}

/** As numpy's: between the two nearest values, by distance. */
function percentile(values, share) {
  const sorted = Uint8Array.from(values).sort();
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (sorted[high] - sorted[low]) * (place - low);
}

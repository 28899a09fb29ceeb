// What is wrong with the view of a face, the most important fault first; see rise_edge/checks/quality.py.
// Quality may only deny. What needs depth or infrared cannot be asked of a colour picture.

import { cutSquare } from "../crop/crop.js";
import { cropFaults, examineLight, percent, saturatedShare } from "./evidence.js";
import { adultDistanceMm, headAngles } from "../face/face.js";
import { sharpness } from "../face/sharpness.js";
import { areaTaps } from "../crop/resize.js";
import { undecided } from "../decision/verdict.js";

/** The fields of Python's QualityConfig that one colour picture can meet. */
export const QUALITY = Object.freeze({
  min_distance_mm: 250,
  max_distance_mm: 1000,
  max_off_centre: 0.3,
  max_yaw_deg: 30,
  max_pitch_deg: 30,
  max_roll_deg: 25,
  min_sharpness: 0.2,
  min_brightness: 30,
  max_overexposed: 0.3,
});

const VIEW_FAULTS = [
  "too_near",
  "too_far",
  "out_of_frame",
  "off_centre",
  "too_dark",
  "too_bright",
  "turned",
  "blurred",
];
const GREY_PX = 32;
const ASSUMED_VIEW_DEGREES = 60; // across the longer side; a browser does not tell a focal length

/**
 * Measure one view.
 *
 * @param {import("../crop/picture.js").Picture} picture
 * @param {import("../face/face.js").Face} face
 * @param {import("../face/face.js").Square} square  around the face.
 * @param {import("../crop/picture.js").Picture} crop  cut from the square.
 * @returns {import("../decision/verdict.js").Verdict | null} the most important fault; null for a good view.
 */
export function viewFault(picture, face, square, crop) {
  const dead = examineLight(picture);
  const grey = toGrey(cutSquare(picture, { ...square, side: square.side / 2 }, GREY_PX, areaTaps));
  const found = [
    ...(dead ? [dead] : []),
    ...cropFaults(crop, square, picture),
    ...placeFaults(square, picture),
    ...lightFaults(grey, crop),
    ...faceFaults(grey, face),
  ];
  for (const reason of VIEW_FAULTS) {
    const fault = found.find((one) => one.reason === reason);
    if (fault) return fault;
  }
  return null;
}

// A limit is met if the comparison holds: it does not for NaN, which is a fault.

function placeFaults(square, { width, height }) {
  const faults = [];
  const focal = Math.max(width, height) / 2 / Math.tan(((ASSUMED_VIEW_DEGREES / 2) * Math.PI) / 180);
  const mm = adultDistanceMm(square, focal);
  const away = `the face is ${mm.toFixed(0)} mm away`;
  if (!(mm >= QUALITY.min_distance_mm)) {
    faults.push(undecided("too_near", `${away} (min ${QUALITY.min_distance_mm} mm)`));
  }
  if (!(mm <= QUALITY.max_distance_mm)) {
    faults.push(undecided("too_far", `${away} (max ${QUALITY.max_distance_mm} mm)`));
  }
  const off = Math.max(Math.abs(square.cx / width - 0.5), Math.abs(square.cy / height - 0.5));
  if (!(off <= QUALITY.max_off_centre)) {
    const text = `the face is ${percent(off)} off the centre (max ${percent(QUALITY.max_off_centre)})`;
    faults.push(undecided("off_centre", text));
  }
  return faults;
}

function lightFaults(grey, crop) {
  const faults = [];
  const brightness = grey.reduce((sum, v) => sum + v, 0) / grey.length;
  if (!(brightness >= QUALITY.min_brightness)) {
    const text = `the face has grey ${brightness.toFixed(0)} (min ${QUALITY.min_brightness})`;
    faults.push(undecided("too_dark", text));
  }
  const share = saturatedShare(crop);
  if (!(share <= QUALITY.max_overexposed)) {
    const text = `${percent(share)} of the face is saturated (max ${percent(QUALITY.max_overexposed)})`;
    faults.push(undecided("too_bright", text));
  }
  return faults;
}

function faceFaults(grey, face) {
  const faults = [];
  const angles = headAngles(face.keypoints);
  const shares = ["yaw", "pitch", "roll"].map((name) => {
    const [deg, limit] = [angles[name], QUALITY[`max_${name}_deg`]];
    return { name, deg, limit, share: Number.isNaN(deg) ? Infinity : Math.abs(deg) / limit };
  });
  const { name, deg, limit } = shares.reduce((a, b) => (b.share > a.share ? b : a));
  if (!(Math.abs(deg) <= limit)) {
    const sign = deg > 0 ? "+" : "";
    faults.push(undecided("turned", `${name} is ${sign}${deg.toFixed(0)} deg (max ${limit})`));
  }
  const sharp = sharpness(grey, GREY_PX);
  if (!(sharp >= QUALITY.min_sharpness)) {
    const text = `sharpness is ${sharp.toFixed(2)} (min ${QUALITY.min_sharpness})`;
    faults.push(undecided("blurred", text));
  }
  return faults;
}

/** Grey as television weighs it (ITU-R BT.601). */
function toGrey({ width, height, data }) {
  return Uint8ClampedArray.from(
    { length: width * height },
    (_, i) => 0.299 * data[i * 3] + 0.587 * data[i * 3 + 1] + 0.114 * data[i * 3 + 2],
  );
}

// Where a face is in the colour image, and how its head is turned; see rise_edge/face/face.py and
// head_angles.py.

const [RIGHT_EYE, LEFT_EYE, NOSE, MOUTH, RIGHT_EAR, LEFT_EAR] = [0, 1, 2, 3, 4, 5];
const SIDE_IN_FACE_UNITS = 3.2;
const ADULT_SIDE_MM = 210; // the side of `faceSquare` on an adult
const [YAW_SCALE, PITCH_SCALE, PITCH_OFFSET] = [0.567, 0.754, -0.278];
const DEGREES = 180 / Math.PI;

/**
 * @typedef {object} Face
 * @property {number[]} box  x0, y0, x1, y1 in pixels.
 * @property {number[][]} keypoints  x and y of the right eye, left eye (the person's own right and
 *   left), nose tip, mouth centre, right and left ear.
 * @property {number} score  that this is a face, alive or not: 0 to 1.
 *
 * @typedef {{cx: number, cy: number, side: number}} Square  its centre and side, in pixels.
 */

/** @returns {Square} what is cropped around a face: about 210 mm on an adult. */
export function faceSquare(keypoints) {
  const eyes = middle(keypoints[RIGHT_EYE], keypoints[LEFT_EYE]);
  const across = distance(keypoints[LEFT_EYE], keypoints[RIGHT_EYE]);
  const down = distance(keypoints[MOUTH], eyes);
  const [cx, cy] = middle(eyes, keypoints[MOUTH]);
  return { cx, cy, side: SIDE_IN_FACE_UNITS * Math.max(across, down) };
}

/** How far an adult's face with this square is, in millimetres. */
export function adultDistanceMm(square, focalPx) {
  return (focalPx * ADULT_SIDE_MM) / Math.max(square.side, 1e-6);
}

/** @returns {{yaw: number, pitch: number, roll: number}} in degrees; NaN where points coincide. */
export function headAngles(keypoints) {
  const eyes = middle(keypoints[RIGHT_EYE], keypoints[LEFT_EYE]);
  const ears = middle(keypoints[RIGHT_EAR], keypoints[LEFT_EAR]);
  const [dx, dy] = [0, 1].map((i) => keypoints[LEFT_EYE][i] - keypoints[RIGHT_EYE][i]);
  const across = Math.hypot(dx, dy);
  const unit = Math.max(across, distance(keypoints[MOUTH], eyes));
  if (!(across > 0 && Number.isFinite(unit))) return { yaw: NaN, pitch: NaN, roll: NaN };
  const [x, y] = [0, 1].map((i) => (keypoints[NOSE][i] - ears[i]) / unit);
  const [along, below] = [(x * dx + y * dy) / across, (y * dx - x * dy) / across];
  return {
    yaw: arcDegrees(YAW_SCALE * along),
    pitch: arcDegrees(PITCH_SCALE * below + PITCH_OFFSET),
    roll: Math.atan2(dy, dx) * DEGREES,
  };
}

function arcDegrees(sine) {
  return Math.asin(Math.min(1, Math.max(-1, sine))) * DEGREES;
}

function middle(a, b) {
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
}

function distance(a, b) {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

// What the page shows: notice, proof, verdict and what it rests on.

import { explain } from "./liveness/instructions.js";

const body = document.body;
const at = (id) => document.querySelector(`#${id}`);
const WHERE = { LIVE: "the norm is within the radius", SPOOF: "the norm is beyond the radius" };

/** The bundle's notice and what colour alone is worth, which stay on the page from now on. */
export function showNotice({ manifest }, worth) {
  if (manifest.notice) at("notice").textContent = `${manifest.name}: ${manifest.notice}.`;
  at("worth").textContent = `${worth[0].toUpperCase()}${worth.slice(1)}.`;
}

/** The line that `python -m rise_edge.selftest` prints. */
export function showProof({ manifest, identity }, proof) {
  body.dataset.proved = proof.holds;
  at("proved").textContent = proof.holds ? "passed" : "failed";
  at("proof").textContent = proof;
  at("bundle").textContent = `bundle ${manifest.name}, identity ${identity}`;
}

/** Pictures may come. */
export function showReady() {
  body.dataset.state = "ready";
  showNoVerdict("Ready", "the model decides here as it was built to");
}

/** Nothing is judged, now or ever on this page. */
export function showRefused(error) {
  body.dataset.state = "refused";
  showNoVerdict("Refused", error.message);
}

/** Whatever verdict stood here does not stand any more. */
export function showNoVerdict(headline, why) {
  say("none", headline, why);
  showReading(null);
  showCrop(null);
  at("time").textContent = "–";
}

/**
 * A verdict and what it rests on.
 *
 * @param {import("./liveness/checker.js").Observation} observation
 * @param {{picture: import("./liveness/crop/picture.js").Picture, mirrored: boolean, ms: number} | null} of
 *   which picture, null if there was none.
 */
export function showObservation({ verdict, square, crop }, of = null) {
  const { outcome, reason, reading } = verdict;
  say(outcome, outcome, reason ? explain(verdict) : WHERE[outcome], reason);
  showReading(reading);
  showCrop(crop);
  if (!of) return;
  body.dataset.seen = "";
  body.toggleAttribute("data-mirrored", of.mirrored);
  drawPicture(of.picture, square);
  at("time").textContent = `${of.ms.toFixed(0)} ms`;
}

function say(outcome, headline, why, reason = null) {
  body.dataset.outcome = outcome;
  body.dataset.reason = reason ?? "";
  if (at("outcome").textContent !== headline) at("outcome").textContent = headline;
  at("reason").textContent = why;
}

function showReading(reading) {
  body.toggleAttribute("data-read", Boolean(reading));
  for (const name of ["norm", "radius", "margin"]) {
    at(name).textContent = reading ? reading[name].toFixed(4) : "–";
  }
  if (!reading) return;
  // The direction is that of the embedding's first two numbers; its length is what counts.
  const [x, y] = reading.embedding.vector;
  const angle = Math.atan2(y ?? 0, x);
  const length = Math.min(50 * (reading.norm / reading.radius), 69);
  const [px, py] = [length * Math.cos(angle), length * Math.sin(angle)];
  const sphere = at("sphere");
  for (const [name, value] of Object.entries({ x2: px, y2: py })) {
    sphere.querySelector(".norm").setAttribute(name, value);
  }
  sphere.querySelector(".point").setAttribute("cx", px);
  sphere.querySelector(".point").setAttribute("cy", py);
}

function showCrop(crop) {
  const canvas = at("crop");
  if (crop) draw(canvas, crop);
  else canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
}

function drawPicture(picture, square) {
  const canvas = at("picture");
  draw(canvas, picture);
  if (!square) return;
  const { cx, cy, side } = square;
  const context = canvas.getContext("2d");
  context.strokeStyle = getComputedStyle(body).getPropertyValue("--answer");
  context.lineWidth = Math.max(2, canvas.width / 200);
  context.strokeRect(cx - side / 2, cy - side / 2, side, side);
}

function draw(canvas, { width, height, channels, data }) {
  canvas.width = width;
  canvas.height = height;
  const image = new ImageData(width, height);
  for (let from = 0, to = 0; from < data.length; from += channels, to += 4) {
    for (let i = 0; i < 3; i += 1) image.data[to + i] = data[from + i];
    image.data[to + 3] = 255;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}

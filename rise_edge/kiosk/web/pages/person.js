import { clear, draw, watch, write } from "./stream.js";

const body = document.body;
const canvas = document.querySelector("#picture");
const oval = document.querySelector("#oval");
const headline = document.querySelector("#headline");
const detail = document.querySelector("#detail");
const sign = document.querySelector("#sign use");
const stuck = document.querySelector("#stuck");
const [outOfOrder, askStaff] = [...stuck.children].map((line) => line.textContent);
const failed = { told: "out_of_order", sign: "out_of_order", headline: outOfOrder, detail: askStaff };
const starting = { told: "starting", sign: "wait", headline: headline.textContent, detail: null };

const STARTING_MS = 2000; // a program that has just started needs as long for its first picture
const OVAL_STEP = 0.25; // of the way to its new size, from picture to picture

let seen = false; // no picture yet
let shown = null; // the oval

// The token came in the address and is a cookie now: it need not stay in sight.
stuck.remove(); // this script runs
if (location.search) history.replaceState(null, "", location.pathname);

watch(
  "/ws/person",
  (state, pictures) => {
    const colour = pictures.get("colour");
    if (state.told === "out_of_order") {
      fail();
    } else if (colour) {
      seen = true;
      tell(state);
      draw(canvas, colour, true);
      place(state.oval, colour);
    } else if (seen) {
      tell(state);
    }
  },
  fail,
);

function fail() {
  tell(!seen && performance.now() < STARTING_MS ? starting : failed);
  clear(canvas);
  shown = null;
}

function tell(state) {
  if (body.dataset.told !== state.told) body.dataset.told = state.told;
  if (sign.getAttribute("href") !== `#sign-${state.sign}`) {
    sign.setAttribute("href", `#sign-${state.sign}`);
  }
  write(headline, state.headline);
  write(detail, state.detail ?? "");
}

/** The oval, which grows and shrinks to the size that is wanted now. */
function place(wanted, picture) {
  shown ??= { ...wanted };
  for (const name of Object.keys(wanted)) shown[name] += OVAL_STEP * (wanted[name] - shown[name]);
  const { width, height } = picture;
  oval.setAttribute("viewBox", `0 0 ${width} ${height}`);
  for (const ellipse of oval.children) {
    ellipse.setAttribute("cx", (1 - shown.cx) * width);
    ellipse.setAttribute("cy", shown.cy * height);
    ellipse.setAttribute("rx", shown.rx * width);
    ellipse.setAttribute("ry", shown.ry * height);
  }
}

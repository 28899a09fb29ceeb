import { clear, draw, watch, write } from "./stream.js";

const body = document.body;
const canvas = document.querySelector("#picture");
const oval = document.querySelector("#oval");
const headline = document.querySelector("#headline");
const detail = document.querySelector("#detail");
const outOfOrder = { told: "out_of_order", headline: headline.textContent, detail: detail.textContent };

// The token came in the address and is a cookie now: it need not stay in sight.
if (location.search) history.replaceState(null, "", location.pathname);

watch(
  "/ws/person",
  (state, pictures) => {
    tell(state);
    const colour = pictures.get("colour");
    if (state.told === "out_of_order") {
      clear(canvas);
    } else if (colour) {
      draw(canvas, colour, true);
      place(state.oval, colour);
    }
  },
  () => {
    tell(outOfOrder);
    clear(canvas);
  },
);

function tell(state) {
  if (body.dataset.told !== state.told) body.dataset.told = state.told;
  write(headline, state.headline);
  write(detail, state.detail ?? "");
}

function place(shares, picture) {
  const { width, height } = picture;
  oval.setAttribute("viewBox", `0 0 ${width} ${height}`);
  for (const ellipse of oval.children) {
    ellipse.setAttribute("cx", (1 - shares.cx) * width);
    ellipse.setAttribute("cy", shares.cy * height);
    ellipse.setAttribute("rx", shares.rx * width);
    ellipse.setAttribute("ry", shares.ry * height);
  }
}

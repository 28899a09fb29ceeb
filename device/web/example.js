// [embed]
import { openBundle } from "./liveness/bundle/bundle.js";
import { openChecker } from "./liveness/checker.js";
import { colourAloneFigures } from "./liveness/checks/colour_alone.js";
import { openPicture } from "./liveness/crop/picture.js";
import { prove } from "./liveness/selftest.js";

const bundle = await openBundle("bundle/");
document.querySelector("#notice").textContent = bundle.manifest.notice;
document.querySelector("#worth").textContent = await colourAloneFigures();

const accept = new URLSearchParams(location.search).has("accept-colour-alone"); // else UNDECIDED
const checker = await openChecker(bundle, { acceptColourAlone: accept });
const proof = await prove(bundle, checker.model);
if (!proof.holds) throw new Error(`this browser does not decide as built: ${proof}`);

document.querySelector("#picture").addEventListener("change", async (event) => {
  const picture = await openPicture(event.target.files[0]);
  const { verdict } = await checker.observe(picture);
  document.querySelector("#verdict").textContent = verdict; // LIVE, SPOOF or UNDECIDED(reason)
});
// [/embed]

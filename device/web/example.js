// [embed]
import { openBundle } from "./liveness/bundle.js";
import { openChecker } from "./liveness/checker.js";
import { openPicture } from "./liveness/picture.js";
import { prove } from "./liveness/selftest.js";

const bundle = await openBundle("bundle/");
document.querySelector("#notice").textContent = bundle.manifest.notice;

const checker = await openChecker(bundle);
const proof = await prove(bundle, checker.model);
if (!proof.holds) throw new Error(`this browser does not decide as built: ${proof}`);

document.querySelector("#picture").addEventListener("change", async (event) => {
  const picture = await openPicture(event.target.files[0]);
  const { verdict } = await checker.observe(picture);
  document.querySelector("#verdict").textContent = verdict; // LIVE, SPOOF or UNDECIDED(reason)
});
// [/embed]

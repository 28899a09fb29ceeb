// The page: a bundle is opened and proved, then pictures are judged. Until the proof holds, and
// whenever something goes wrong, no verdict stands on the page.

import { openBundle } from "./liveness/bundle/bundle.js";
import { openChecker } from "./liveness/checker.js";
import { colourAloneFigures } from "./liveness/checks/colour_alone.js";
import { openPicture, pictureOf } from "./liveness/crop/picture.js";
import { prove } from "./liveness/selftest.js";
import { undecided } from "./liveness/decision/verdict.js";
import {
  showNotice,
  showNoVerdict,
  showObservation,
  showProof,
  showReady,
  showRefused,
} from "./show.js";

const PATIENCE_MS = 1000; // without a frame for so long, what was said of the last one is old
const file = document.querySelector("#file");
const camera = document.querySelector("#camera");
const drop = document.querySelector("#drop");
const video = document.querySelector("#video");
const accept = document.querySelector("#accept");

let checker = null;
let judged = null; // the file that was chosen last
let turn = 0; // what was begun before the latest choice of a picture or camera is not shown
let lastFrame = 0;
let queue = Promise.resolve(); // one picture at a time goes through the model

try {
  const bundle = await openBundle("bundle/");
  showNotice(bundle, await colourAloneFigures());
  const opened = await openChecker(bundle);
  const proof = await prove(bundle, opened.model);
  showProof(bundle, proof);
  if (!proof.holds) throw new Error("this browser does not decide as the bundle was built to");
  checker = opened;
  showReady();
  accept.checked = checker.acceptColourAlone; // a browser may remember another choice
  file.disabled = camera.disabled = accept.disabled = false;
} catch (error) {
  showRefused(error);
}

file.addEventListener("change", () => {
  if (file.files.length > 0) judgeFile(file.files[0]);
  file.value = "";
});
camera.addEventListener("click", () => (video.srcObject ? stopCamera() : startCamera()));
accept.addEventListener("change", () => {
  checker.acceptColourAlone = accept.checked;
  if (judged && !video.srcObject) judgeFile(judged);
});
for (const kind of ["dragover", "dragleave", "drop"]) {
  drop.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", kind === "dragover");
    const [dropped] = kind === "drop" ? event.dataTransfer.files : [];
    if (dropped && checker) judgeFile(dropped);
  });
}

async function judgeFile(chosen) {
  stopCamera();
  judged = chosen;
  const mine = turn;
  showNoVerdict("Judging", chosen.name);
  try {
    await judge(await openPicture(chosen), mine);
  } catch (error) {
    if (mine === turn) showNoVerdict("No verdict", error.message);
  }
}

async function startCamera() {
  turn += 1;
  judged = null;
  const mine = turn;
  showNoVerdict("Starting", "the browser may ask whether the camera may be used");
  try {
    const wanted = { facingMode: "user", width: 640, height: 480 };
    const stream = await navigator.mediaDevices.getUserMedia({ video: wanted });
    if (mine !== turn) return stop(stream);
    video.srcObject = stream;
    await video.play();
    camera.textContent = "Stop the camera";
    lastFrame = performance.now();
    awaitFrame(mine);
    watch(mine);
  } catch (error) {
    stopCamera();
    showNoVerdict("No camera", error.message);
  }
}

function stopCamera() {
  turn += 1;
  stop(video.srcObject);
  video.srcObject = null;
  camera.textContent = "Start the camera";
}

function stop(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/** Judge frame after frame, each of them once, as quickly as the model can. */
function awaitFrame(mine) {
  video.requestVideoFrameCallback(async () => {
    if (mine !== turn) return;
    lastFrame = performance.now();
    try {
      await judge(pictureOf(video), mine, true);
      if (mine === turn) awaitFrame(mine);
    } catch (error) {
      if (mine !== turn) return;
      stopCamera();
      showNoVerdict("No verdict", error.message);
    }
  });
}

function watch(mine) {
  if (mine !== turn) return;
  if (performance.now() - lastFrame > PATIENCE_MS) {
    const verdict = undecided("camera_lost", `no frame for ${PATIENCE_MS / 1000} s`);
    showObservation({ verdict, square: null, crop: null });
  }
  setTimeout(() => watch(mine), PATIENCE_MS / 4);
}

function judge(picture, mine, mirrored = false) {
  const judged = queue.then(async () => {
    if (mine !== turn) return;
    const start = performance.now();
    const seen = await checker.observe(picture);
    if (mine === turn) showObservation(seen, { picture, mirrored, ms: performance.now() - start });
  });
  queue = judged.catch(() => {});
  return judged;
}

import { clear, draw, watch, write } from "./stream.js";

const at = (selector) => document.querySelector(selector);
const canvases = new Map(
  [...document.querySelectorAll("figure")].map((f) => [f.dataset.of, f.querySelector("canvas")]),
);
const SIGNS = { LIVE: "✔", SPOOF: "✘", UNDECIDED: "…" };
const SPAN_MS = 10000;
const DOUBLINGS = 3;

if (location.search) history.replaceState(null, "", location.pathname);

watch(
  "/ws/operator",
  (state, pictures) => {
    health(state.fault ?? "running", !state.fault);
    for (const [name, canvas] of canvases) {
      if (pictures.has(name)) draw(canvas, pictures.get(name));
      else if (pictures.size || state.fault) clear(canvas);
    }
    at("#notice").hidden = !state.notice;
    write(at("#notice"), state.notice);
    at("#drift").hidden = !state.drift.length;
    write(at("#drift"), state.drift.length ? `Look at this site: ${state.drift.join("; ")}` : "");
    if (!state.fault) now(state.now);
    norms(state.readings);
    sessions(state.sessions, state.verdicts);
    program(state);
    list(at("#stages"), Object.entries(state.stage_ms).map(([stage, ms]) => [stage, `${ms.toFixed(2)} ms`]));
  },
  (why) => {
    health(why, false);
    for (const canvas of canvases.values()) clear(canvas);
    write(at("#now"), "");
    at("#face rect").setAttribute("width", 0);
  },
);

function health(words, ok) {
  at("#health").dataset.ok = ok ? "yes" : "no";
  write(at("#health-words"), words);
}

function now({ session, verdict, detail, instruction, face }) {
  const who = session ? `Session ${session}, this frame: ` : "This frame: ";
  const told = instruction ? ` · the person is told: “${instruction}”` : "";
  write(at("#now"), `${who}${verdict}${detail ? `, ${detail}` : ""}${told}`);
  const [x0, y0, x1, y1] = face ?? [0, 0, 0, 0];
  const values = { x: x0, y: y0, width: x1 - x0, height: y1 - y0 };
  for (const [name, value] of Object.entries(values)) at("#face rect").setAttribute(name, value);
}

/**
 * Readings as marks from old to new: dots inside of the sphere, crosses outside, a dashed line its
 * radius. From one line to the next a norm doubles.
 */
function norms(readings) {
  const chart = at("#norms");
  const [width, height] = [chart.clientWidth, chart.clientHeight];
  chart.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const known = readings.filter(([, norm]) => norm !== null);
  const x = (age) => width * (1 - age / SPAN_MS);
  const level = (doublings) => height * (0.5 - doublings / (2 * DOUBLINGS + 1));
  const bounded = (doublings) => Math.max(-DOUBLINGS, Math.min(DOUBLINGS, doublings));
  const y = ([, norm, radius]) => level(bounded(Math.log2(norm / radius)));
  const dot = (reading) => `M${x(reading[0])} ${y(reading)}v.01`;
  const cross = (reading) => `M${x(reading[0]) - 4} ${y(reading) - 4}l8 8m0-8l-8 8`;
  const inside = known.filter(([, norm, radius]) => norm <= radius);
  const outside = known.filter(([, norm, radius]) => !(norm <= radius));
  const line = (doublings) => `M0 ${level(doublings)}H${width}`;
  const steps = Array.from({ length: DOUBLINGS }, (_, index) => index + 1);
  at("#norms .grid").setAttribute("d", steps.map((step) => line(step) + line(-step)).join(""));
  at("#norms .radius").setAttribute("d", line(0));
  at("#norms .inside").setAttribute("d", inside.map(dot).join(""));
  at("#norms .outside").setAttribute("d", outside.map(cross).join(""));
  write(at("#norm-words"), normWords(known.at(-1), inside.length, outside.length));
}

function normWords(last, inside, outside) {
  if (!last) return "No reading in the last 10 seconds.";
  const [, norm, radius] = last;
  return (
    `Last norm ${norm.toFixed(3)}, radius ${radius.toFixed(3)} (dashed), margin ` +
    `${signed(radius - norm)}. ${inside} inside (dots), ${outside} outside (crosses). ` +
    "From line to line it doubles."
  );
}

function sessions(ended, verdicts) {
  const counts = Object.entries(verdicts).map(([verdict, count]) => `${count} ${verdict}`);
  write(at("#verdicts"), counts.join(" · "));
  const body = at("#sessions tbody");
  const newest = ended[0]?.session ?? "";
  if (body.dataset.newest === String(newest)) return;
  body.dataset.newest = newest;
  body.replaceChildren(...ended.map(row));
}

function row(session) {
  const cells = [
    session.session,
    new Date(session.time).toLocaleTimeString("en-GB"),
    `${SIGNS[session.verdict]} ${session.verdict}`,
    [session.reason, session.detail].filter(Boolean).join(": "),
    session.margin === null ? "–" : signed(session.margin),
    `${(session.duration_ms / 1000).toFixed(2)} s`,
    session.truth ?? "",
  ];
  const line = document.createElement("tr");
  line.dataset.verdict = session.verdict;
  for (const [index, text] of cells.entries()) {
    const cell = document.createElement(index ? "td" : "th");
    if (!index) cell.scope = "row";
    if (index === 4 || index === 5) cell.className = "number";
    cell.textContent = text;
    line.append(cell);
  }
  return line;
}

function program(state) {
  const entries = [
    ["Camera", state.camera],
    ["Bundle", state.bundle],
    ["Runtime", state.runtime],
    ["Modalities", state.modalities],
    ["Frames", `${state.frames}, ${state.dropped} dropped`],
    ["Rate", `${state.frames_per_s.toFixed(1)} frames/s`],
    ["Up for", duration(state.uptime_s)],
    ["Clients", state.watchers],
  ];
  if (state.set_report) entries.push(["Report", state.set_report]);
  if (state.recovery) entries.push(["Recovery", state.recovery]);
  list(at("#program"), entries);
}

/** Terms and their descriptions; what stays the same is not touched. */
function list(element, entries) {
  const wanted = entries.flat();
  const had = [...element.children];
  if (had.length !== wanted.length) {
    element.replaceChildren(...wanted.map((_, i) => document.createElement(i % 2 ? "dd" : "dt")));
  }
  wanted.forEach((text, index) => write(element.children[index], String(text)));
}

function duration(seconds) {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return `${hours} h ${String(minutes).padStart(2, "0")} min ${String(seconds % 60).padStart(2, "0")} s`;
}

const signed = (value) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;

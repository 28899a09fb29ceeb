import { clear, draw, watch, write } from "./stream.js";

const at = (selector) => document.querySelector(selector);
const canvases = new Map(
  [...document.querySelectorAll("figure")].map((f) => [f.dataset.of, f.querySelector("canvas")]),
);
const SIGNS = { LIVE: "✔", SPOOF: "✘", UNDECIDED: "…" };
const SPAN_MS = 10000;
const DOUBLINGS = 3;
const TICKS_S = [10, 5, 0];
const FRAME_MS = 33; // at 30 frames a second the next one is here by then

if (location.search) history.replaceState(null, "", location.pathname);

watch(
  "/ws/operator",
  (state, pictures) => {
    health(state.health.status, state.health.reasons);
    for (const [name, canvas] of canvases) {
      if (pictures.has(name)) draw(canvas, pictures.get(name));
      else if (pictures.size) clear(canvas);
    }
    at("#notice").hidden = !state.notice;
    write(at("#notice"), state.notice);
    if (pictures.size && state.now) now(state.now);
    norms(state.readings);
    sessions(state.sessions, state.verdicts);
    program(state);
    latency(state.stage_ms, state.total_ms);
  },
  (why, heard) => {
    if (!heard) health("unknown", [why]);
    for (const canvas of canvases.values()) clear(canvas);
    write(at("#now"), why);
    at("#face rect").setAttribute("width", 0);
  },
);

/** The status and reasons of `/health`, in its own words; "unknown" where nobody answers. */
function health(status, reasons) {
  at("#health").dataset.status = status;
  write(at("#health-words"), status);
  at("#reasons").hidden = !reasons.length;
  children(at("#reasons"), "li", reasons);
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
  const [left, right, bottom] = [30, width - 4, height - 22];
  const known = readings.filter(([, norm]) => norm !== null);
  const x = (age) => right - ((right - left) * age) / SPAN_MS;
  const level = (doublings) => bottom * (0.5 - doublings / (2 * DOUBLINGS + 1));
  const bounded = (doublings) => Math.max(-DOUBLINGS, Math.min(DOUBLINGS, doublings));
  const y = ([, norm, radius]) => level(bounded(Math.log2(norm / radius)));
  const dot = (reading) => `M${x(reading[0])} ${y(reading)}v.01`;
  const cross = (reading) => `M${x(reading[0]) - 4} ${y(reading) - 4}l8 8m0-8l-8 8`;
  const inside = known.filter(([, norm, radius]) => norm <= radius);
  const outside = known.filter(([, norm, radius]) => !(norm <= radius));
  const line = (doublings) => `M${left} ${level(doublings)}H${right}`;
  const tick = (seconds) => `M${x(seconds * 1000)} ${bottom}v4`;
  const steps = Array.from({ length: 2 * DOUBLINGS + 1 }, (_, index) => index - DOUBLINGS);
  const axes = `M${left} 0V${bottom}H${right}${TICKS_S.map(tick).join("")}`;
  at("#norms .grid").setAttribute("d", axes + steps.filter(Boolean).map(line).join(""));
  at("#norms .radius").setAttribute("d", line(0));
  at("#norms .inside").setAttribute("d", inside.map(dot).join(""));
  at("#norms .outside").setAttribute("d", outside.map(cross).join(""));
  const numbers = steps.map((step) => [left - 6, level(step) + 4, "end", multiple(step)]);
  const times = TICKS_S.map((s) => [x(s * 1000), bottom + 15, s ? "middle" : "end", ago(s)]);
  label(at("#norms .labels"), [...numbers, ...times]);
  write(at("#norm-words"), normWords(known.at(-1), inside.length, outside.length));
}

const multiple = (doublings) => (doublings < 0 ? `1/${2 ** -doublings}` : String(2 ** doublings));
const ago = (seconds) => (seconds ? `−${seconds} s` : "now");

/** Texts of a chart; what stays the same is not touched. */
function label(group, texts) {
  while (group.children.length < texts.length) {
    group.append(document.createElementNS("http://www.w3.org/2000/svg", "text"));
  }
  for (const [index, [x, y, anchor, words]] of texts.entries()) {
    const text = group.children[index];
    for (const [name, value] of Object.entries({ x, y, "text-anchor": anchor })) {
      text.setAttribute(name, value);
    }
    write(text, words);
  }
}

function normWords(last, inside, outside) {
  if (!last) return "No reading in the last 10 seconds.";
  const [, norm, radius] = last;
  return (
    `Last norm ${norm.toFixed(3)}, radius ${radius.toFixed(3)} (dashed), margin ` +
    `${signed(1 - norm / radius)}. ${inside} inside (dots), ${outside} outside (crosses). ` +
    "Logarithmic: each line doubles the norm."
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
    moment(new Date(session.time)),
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

/** Local date and time. */
function moment(date) {
  const two = (number) => String(number).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":")}`;
}

function program(state) {
  const rate = state.health.frames_per_second;
  const entries = [
    ["Camera", state.camera],
    ["Bundle", state.bundle],
    ["Runtime", state.runtime],
    ["Modalities", state.modalities],
    ["Frames", `${state.frames}, ${state.dropped} dropped`],
    ["Rate", rate === null ? "–" : `${rate.toFixed(1)} frames/s`],
    ["Up for", duration(state.uptime_s)],
    ["Clients", state.watchers],
  ];
  if (state.second_opinion) entries.push(["Second opinion", state.second_opinion]);
  if (state.set_report) entries.push(["Report", state.set_report]);
  if (state.recovery) entries.push(["Recovery", state.recovery]);
  list(at("#program"), entries);
}

function latency(stages, total) {
  list(at("#stages"), Object.entries(stages).map(([stage, ms]) => [stage, `${ms.toFixed(2)} ms`]));
  at("#total").hidden = total === null;
  if (total === null) return;
  at("#total").dataset.late = total > FRAME_MS ? "yes" : "no";
  at("#total rect").setAttribute("width", Math.min(total, 1.5 * FRAME_MS));
  at("#total path").setAttribute("d", `M${FRAME_MS} 0v12`);
  write(at("#total-words"), `${total.toFixed(1)} ms (a frame comes every ${FRAME_MS} ms)`);
}

/** Terms and their descriptions; what stays the same is not touched. */
function list(element, entries) {
  children(element, "dt dd", entries.flat());
}

/** Elements with one text each, of the kinds in turn; what stays the same is not touched. */
function children(element, kinds, texts) {
  const names = kinds.split(" ");
  if (element.children.length !== texts.length) {
    const made = texts.map((_, index) => document.createElement(names[index % names.length]));
    element.replaceChildren(...made);
  }
  texts.forEach((text, index) => write(element.children[index], String(text)));
}

function duration(seconds) {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return `${hours} h ${String(minutes).padStart(2, "0")} min ${String(seconds % 60).padStart(2, "0")} s`;
}

const signed = (value) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;

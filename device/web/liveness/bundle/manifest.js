// What a bundle says of itself, compared with the rules of rise_edge/bundle/manifest.py.
// What Python refuses is refused here; nesting deeper than anybody needs is refused here alone.

import { BundleError } from "../errors.js";
import { MODALITY_SETS } from "../modalities.js";

export const MANIFEST = "manifest.json";
export const MAX_MANIFEST_BYTES = 256 * 1024;

const SIGNATURE = "manifest.sig";
const FORMAT = 1n;
const MAX_VERSION = 2n ** 31n - 1n;
const MAX_FILES = 256;
const MAX_RUNTIMES = 16;
const MAX_DEPTH = 64;
const MAX_DIGITS = 4300; // longer whole numbers are refused by Python
const LEAST_SCATTER = 1e-3;
const KINDS = {
  format: "bigint",
  name: "string",
  notice: "string",
  simulated: "boolean",
  crop_size: "bigint",
  embedding_size: "bigint",
  radii: "object",
  largest_radial_error: "object",
  provenance: "object",
  files: "object",
};

/**
 * @typedef {object} Manifest
 * @property {string} name
 * @property {string} notice  shown at every start; never empty if `simulated`.
 * @property {boolean} simulated  whether the training data was simulated.
 * @property {number} version  that only ever grows from one release of a model to the next.
 * @property {number} crop_size  side of the model's input in pixels.
 * @property {number} embedding_size
 * @property {Map<string, Map<string, number>>} radii  runtime -> modality set -> radius.
 * @property {Map<string, string>} files  file name -> sha256 in hexadecimal.
 */

/**
 * @param {Uint8Array} content  of manifest.json.
 * @returns {Manifest}
 * @throws {BundleError} it breaks a rule.
 */
export function parseManifest(content) {
  try {
    return checked(parseJson(content));
  } catch (error) {
    throw new BundleError(`${MANIFEST} is not usable: ${error.message}`);
  }
}

/** JSON in which whole numbers are BigInt, so that 1 and 1.0 stay apart as in Python. */
function parseJson(content) {
  expect(content.length <= MAX_MANIFEST_BYTES, "it", `${MAX_MANIFEST_BYTES} bytes at most`, content.length);
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  const data = JSON.parse(text, (key, value, context) => {
    expect(key.isWellFormed(), "keys", "text", "half a character");
    if (typeof value === "string") expect(value.isWellFormed(), key, "text", "half a character");
    if (typeof value !== "number") return value;
    if (!context) throw new Error("this browser is too old to read it strictly; update it");
    expect(context.source.length <= MAX_DIGITS, "numbers", `${MAX_DIGITS} digits at most`, "more");
    return /^-?[0-9]+$/.test(context.source) ? BigInt(context.source) : value;
  });
  expectKeysOnce(text);
  expect(!isDeeper(data, MAX_DEPTH), "it", `nested ${MAX_DEPTH} deep at most`, "more");
  return data;
}

/** Of two equal keys JSON.parse takes the last, and another reader might take the first. */
function expectKeysOnce(json) {
  const open = []; // the keys of each object around the place
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"\s*:?|[{}]/g)) {
    if (token === "{") open.push(new Set());
    else if (token === "}") open.pop();
    else if (token.endsWith(":")) {
      const key = JSON.parse(token.slice(0, -1));
      expect(!open.at(-1).has(key), key, "there once", "it twice");
      open.at(-1).add(key);
    }
  }
}

function isDeeper(value, depth) {
  if (typeof value !== "object" || value === null) return false;
  return depth === 0 || Object.values(value).some((inner) => isDeeper(inner, depth - 1));
}

function checked(data) {
  expect(kind(data) === "object", "it", "a JSON object", kind(data));
  expect(data.format === FORMAT, "format", `${FORMAT}`, data.format);
  const { margin_scatter: scatter = {}, version = 0n, ...rest } = data;
  expect(!Object.keys(KINDS).some((name) => !Object.hasOwn(rest, name)), "it", Object.keys(KINDS), Object.keys(rest));
  expect(!Object.keys(rest).some((name) => !Object.hasOwn(KINDS, name)), "it", Object.keys(KINDS), Object.keys(rest));
  for (const [name, wanted] of Object.entries(KINDS)) {
    expect(kind(rest[name]) === wanted, name, wanted, kind(rest[name]));
  }
  expect(rest.name !== "", "name", "some text", "none");
  expect(!rest.simulated || rest.notice !== "", "notice", "a warning, since simulated is true", "none");
  expect(rest.crop_size >= 16n && rest.crop_size <= 1024n, "crop_size", "16 to 1024", rest.crop_size);
  const embedding = rest.embedding_size;
  expect(embedding >= 1n && embedding <= 65536n, "embedding_size", "1 to 65536", embedding);
  expect(kind(version) === "bigint", "version", "bigint", kind(version));
  expect(version >= 0n && version <= MAX_VERSION, "version", `0 to ${MAX_VERSION}`, version);
  checkScatter(scatter);
  checkCount(rest.largest_radial_error, "largest_radial_error", MAX_RUNTIMES);
  checkNumbers(rest.largest_radial_error, "largest_radial_error", (v) => v >= 0, "a number >= 0");
  return Object.freeze({
    name: rest.name,
    notice: rest.notice,
    simulated: rest.simulated,
    version: Number(version),
    crop_size: Number(rest.crop_size),
    embedding_size: Number(embedding),
    radii: checkedRadii(rest.radii),
    files: checkedFiles(rest.files),
  });
}

function checkedRadii(radii) {
  expect(Object.keys(radii).length > 0, "radii", "at least one runtime", "none");
  checkCount(radii, "radii", MAX_RUNTIMES);
  return new Map(
    Object.entries(radii).map(([runtime, bySet]) => {
      const field = `radii.${runtime}`;
      checkNumbers(bySet, field, (v) => v > 0, "a positive number");
      checkSets(bySet, field);
      return [runtime, new Map(Object.entries(bySet).map(([set, radius]) => [set, Number(radius)]))];
    }),
  );
}

function checkedFiles(files) {
  checkCount(files, "files", MAX_FILES);
  for (const [name, digest] of Object.entries(files)) {
    const plain = !["", ".", "..", MANIFEST, SIGNATURE].includes(name) && !/[/\\:\0]/.test(name);
    expect(plain, "files", "plain file names beside the manifest", name);
    const isSha256 = typeof digest === "string" && /^[0-9a-f]{64}$/.test(digest);
    expect(isSha256, `files.${name}`, "64 hexadecimal digits", digest);
  }
  return new Map(Object.entries(files));
}

function checkScatter(scatter) {
  expect(kind(scatter) === "object", "margin_scatter", "an object", kind(scatter));
  checkSets(scatter, "margin_scatter");
  for (const [set, fields] of Object.entries(scatter)) {
    const field = `margin_scatter.${set}`;
    checkNumbers(fields, field, (v) => v >= LEAST_SCATTER, `a number >= ${LEAST_SCATTER}`);
    const names = Object.keys(fields).sort().join();
    expect(names === "correlation_ms,std", field, "std and correlation_ms only", names);
  }
}

function checkCount(entries, field, most) {
  const count = Object.keys(entries).length;
  expect(count <= most, field, `${most} entries at most`, count);
}

function checkSets(bySet, field) {
  for (const name of Object.keys(bySet)) {
    expect(MODALITY_SETS.has(name), field, `keyed by ${[...MODALITY_SETS].join(", ")}`, name);
  }
}

function checkNumbers(values, field, holds, wanted) {
  expect(kind(values) === "object", field, "an object", kind(values));
  for (const [name, value] of Object.entries(values)) {
    const number = ["number", "bigint"].includes(typeof value) ? Number(value) : NaN;
    expect(Number.isFinite(number) && holds(number), `${field}.${name}`, wanted, value);
  }
}

function kind(value) {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function expect(holds, field, expected, got) {
  if (!holds) throw new Error(`expected ${field} to be ${expected}, got ${got}`);
}

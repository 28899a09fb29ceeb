// numpy's .npz: a zip of .npy arrays. The file's sha256 has been checked, so no CRC is.

import { readAtMost } from "./bounded_read.js";

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;
const MAX_ARRAY_BYTES = 256 * 1024 * 1024;
const KINDS = { "|u1": Uint8Array, "<u2": Uint16Array, "<f4": Float32Array };

/**
 * @typedef {object} NpyArray
 * @property {number[]} shape
 * @property {string} dtype  |u1, <u2 or <f4.
 * @property {Uint8Array | Uint16Array | Float32Array} data
 */

/**
 * Read some arrays of a .npz file.
 *
 * @param {Uint8Array} file
 * @param {string[]} names
 * @returns {Promise<Record<string, NpyArray>>}
 * @throws {Error} one of them is missing, or the file is not of this form.
 */
export async function readNpz(file, names) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const entries = readDirectory(view);
  const arrays = {};
  for (const name of names) {
    const entry = entries.get(`${name}.npy`);
    if (!entry) throw new Error(`it holds no ${name}`);
    arrays[name] = parseNpy(name, await unpack(view, entry));
  }
  return arrays;
}

function readDirectory(view) {
  let end = view.byteLength - 22;
  const last = Math.max(0, end - 0xffff); // a comment may follow
  while (end >= last && view.getUint32(end, true) !== END) end -= 1;
  if (end < last) throw new Error("it is no zip file");
  const entries = new Map();
  let at = view.getUint32(end + 16, true);
  for (let count = view.getUint16(end + 10, true); count > 0; count -= 1) {
    if (view.getUint32(at, true) !== ENTRY) throw new Error("its directory is broken");
    const [nameLength, extra, comment] = [28, 30, 32].map((o) => view.getUint16(at + o, true));
    const name = new TextDecoder().decode(bytes(view, at + 46, nameLength));
    entries.set(name, {
      method: view.getUint16(at + 10, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      start: view.getUint32(at + 42, true),
    });
    at += 46 + nameLength + extra + comment;
  }
  return entries;
}

async function unpack(view, { method, packed, size, start }) {
  if (view.getUint32(start, true) !== LOCAL) throw new Error("its directory is broken");
  if (size > MAX_ARRAY_BYTES) throw new Error(`expected arrays of at most ${MAX_ARRAY_BYTES} bytes`);
  const head = 30 + view.getUint16(start + 26, true) + view.getUint16(start + 28, true);
  const content = bytes(view, start + head, packed);
  if (method !== STORED && method !== DEFLATED) throw new Error(`it is packed by method ${method}`);
  const unpacked = method === STORED ? content : await inflate(content, size);
  if (unpacked?.length !== size) throw new Error("its directory is broken");
  return unpacked;
}

async function inflate(content, size) {
  const stream = new Blob([content]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return readAtMost(stream, size);
}

/** Version 1.0 of the format, in the order of C, as numpy writes it. */
function parseNpy(name, content) {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const magic = String.fromCharCode(...bytes(view, 0, 8));
  if (magic !== "\x93NUMPY\x01\x00") throw new Error(`${name} is no .npy of version 1.0`);
  const length = view.getUint16(8, true);
  const header = String.fromCharCode(...bytes(view, 10, length));
  const form = /^\{'descr': '([^']+)', 'fortran_order': False, 'shape': \(([0-9, ]*)\), \} *\n$/.exec(header);
  const Kind = form && Object.hasOwn(KINDS, form[1]) ? KINDS[form[1]] : null;
  if (!Kind) {
    const kinds = Object.keys(KINDS).join(", ");
    throw new Error(`expected ${name} as one of ${kinds} in the order of C, got ${header.trim()}`);
  }
  const shape = form[2].split(",").filter((n) => n.trim()).map(Number);
  const body = content.slice(10 + length); // a copy begins where its numbers may
  if (body.length !== shape.reduce((a, b) => a * b, Kind.BYTES_PER_ELEMENT)) {
    throw new Error(`${name} of shape ${shape} has ${body.length} bytes`);
  }
  return { shape, dtype: form[1], data: new Kind(body.buffer) };
}

function bytes(view, start, length) {
  return new Uint8Array(view.buffer, view.byteOffset + start, length); // beyond the file: RangeError
}

// The model bundle, read over HTTP. Nothing of it is used before its sha256 was found right, and
// what is used are the very bytes that were hashed. Only the files that are used are fetched.

import { readAtMost } from "./bounded_read.js";
import { BundleError } from "../errors.js";
import { MANIFEST, MAX_MANIFEST_BYTES, parseManifest } from "./manifest.js";

export const GOLDEN = "golden.npz";

const MAX_FILE_BYTES = 256 * 1024 * 1024;

/**
 * Open a bundle: read its manifest and hold it against the rules.
 *
 * @param {string} folder  its address, of the page's own origin.
 * @returns {Promise<Bundle>}
 * @throws {BundleError} it is missing, or its manifest is not sound.
 */
export async function openBundle(folder) {
  const url = new URL(`${folder.replace(/\/*$/, "")}/`, document.baseURI);
  const content = await fetchFile(url, MANIFEST, MAX_MANIFEST_BYTES);
  return new Bundle(url, parseManifest(content), await sha256(content));
}

/** An opened bundle. `identity` is the sha256 of its manifest, which stands for the whole of it. */
export class Bundle {
  constructor(url, manifest, identity) {
    Object.assign(this, { url, manifest, identity });
    Object.freeze(this);
  }

  /**
   * The bytes of one file, after its hash was found right.
   *
   * @throws {BundleError} the manifest does not name it, it is not there, or it was altered.
   */
  async read(name) {
    const expected = this.manifest.files.get(name);
    if (expected === undefined) {
      throw new BundleError(
        `expected the bundle to hold ${name}, its manifest does not; build one with \`python quantize/qat.py\``,
      );
    }
    const content = await fetchFile(this.url, name, MAX_FILE_BYTES);
    checkHash(name, await sha256(content), expected);
    return content;
  }
}

/** @throws {BundleError} the two are not equal. */
export function checkHash(name, digest, expected) {
  if (digest !== expected) {
    throw new BundleError(
      `${name} was altered: expected sha256 ${expected.slice(0, 12)}..., got ${digest.slice(0, 12)}...; copy it again`,
    );
  }
}

/** @returns {Promise<string>} in hexadecimal. */
export async function sha256(content) {
  if (!globalThis.crypto?.subtle) {
    throw new BundleError("expected a page from https or from localhost: elsewhere browsers compute no sha256");
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Fetch one file of a folder; an address that leads elsewhere is refused.
 *
 * @throws {BundleError} it cannot be had, or is longer than `most` bytes.
 */
export async function fetchFile(folder, name, most) {
  try {
    const answer = await fetch(new URL(encodeURIComponent(name), folder), {
      cache: "no-store",
      redirect: "error",
    });
    if (!answer.ok) throw new Error(`the server answers ${answer.status}`);
    const content = await readAtMost(answer.body, most);
    if (content === null) throw new Error(`expected at most ${most} bytes`);
    return content;
  } catch (error) {
    throw new BundleError(`cannot read ${name} in ${folder.pathname}: ${error.message}`);
  }
}

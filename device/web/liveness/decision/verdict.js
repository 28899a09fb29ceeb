// LIVE, SPOOF, or UNDECIDED with its reason; see rise_edge/decision/verdict.py.

import { modalitySet } from "../modalities.js";

/** The answer for one picture. */
export class Verdict {
  /**
   * @param {"LIVE" | "SPOOF" | "UNDECIDED"} outcome
   * @param {{reason?: string | null, detail?: string, reading?: import("./reading.js").Reading | null}} rest
   *   why it is UNDECIDED, the same in words and numbers, and the reading that it rests on.
   */
  constructor(outcome, { reason = null, detail = "", reading = null } = {}) {
    if ((outcome === "UNDECIDED") !== (reason !== null)) {
      throw new Error(`expected a reason iff UNDECIDED, got ${outcome}, ${reason}`);
    }
    if (outcome === "LIVE" && !(reading?.sound && reading.margin >= 0)) {
      throw new Error("expected LIVE to rest on a sound reading inside the sphere");
    }
    Object.assign(this, { outcome, reason, detail, reading });
    Object.freeze(this);
  }

  toString() {
    return this.reason ? `UNDECIDED(${this.reason})` : this.outcome;
  }
}

/** No decision, for a reason. */
export function undecided(reason, detail = "", reading = null) {
  return new Verdict("UNDECIDED", { reason, detail, reading });
}

/**
 * The decision for one reading: LIVE iff it is sound and its norm is within the radius.
 *
 * @param {import("./reading.js").Reading} reading
 * @param {{acceptColourAlone?: boolean}} options  whether a reading of nothing but colour decides; see
 *   colour_alone.js for what it is worth. Otherwise it is UNDECIDED.
 */
export function decide(reading, { acceptColourAlone = false } = {}) {
  if (!reading.sound) {
    return undecided("bad_numbers", `the model gave norm ${reading.norm}, which is no evidence`, reading);
  }
  if (!acceptColourAlone && modalitySet(reading.embedding.present) === "colour") {
    return undecided("colour_alone", "no evidence without depth or infrared", reading);
  }
  return new Verdict(reading.margin >= 0 ? "LIVE" : "SPOOF", { reading });
}

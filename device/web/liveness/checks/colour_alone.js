// What colour alone is worth on real pictures, to be shown at every start: a page sees nothing else;
// see rise_edge/checks/colour_alone.py. The figures are the file rise_edge/measured/colour_alone.json.

import { fetchFile } from "../bundle/bundle.js";
import { BundleError } from "../errors.js";

const FIGURES = "colour_alone.json";
const MAX_BYTES = 65_536;

/**
 * The figures in a sentence, as Python writes it.
 *
 * @param {string} folder  address of the folder that holds them, of the page's own origin.
 * @returns {Promise<string>}
 * @throws {BundleError} they are not there, or are no figures.
 */
export async function colourAloneFigures(folder = "measured/") {
  const url = new URL(folder, document.baseURI);
  const content = new TextDecoder().decode(await fetchFile(url, FIGURES, MAX_BYTES));
  try {
    return sentence(JSON.parse(content));
  } catch (error) {
    throw new BundleError(`expected figures in ${FIGURES}, got ${error.message}`);
  }
}

function sentence(figures) {
  const auc = [figures.auc, ...figures.auc_interval].map((share) => share.toFixed(2));
  return (
    `on real pictures colour alone has AUC ${auc[0]} [${auc[1]}, ${auc[2]}] and accepts ` +
    `${(figures.apcer * 100).toFixed(0)}% of the attacks (${figures.bona_fide_frames} bona fide and ` +
    `${figures.attack_frames} attack frames of ${figures.sources} sources, bundle ${figures.bundle})`
  );
}

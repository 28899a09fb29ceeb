// Judge one colour picture in a web page. Beside device/web, whose server sends the bundle:
//
//   import { judge } from "./quickstart.js";
//   console.log(await judge(input.files[0])); // UNDECIDED: colour alone is no evidence
//
import { openBundle } from "./liveness/bundle/bundle.js";
import { openChecker } from "./liveness/checker.js";
import { openPicture } from "./liveness/crop/picture.js";

/**
 * @param {Blob} file  a picture file.
 * @param {boolean} acceptColourAlone  whether colour decides; see `colourAloneFigures` for its worth.
 * @returns {Promise<{verdict: string, notice: string}>}
 */
export async function judge(file, acceptColourAlone = false) {
  const bundle = await openBundle("bundle/");
  const checker = await openChecker(bundle, { acceptColourAlone });
  const { verdict } = await checker.observe(await openPicture(file));
  return { verdict: String(verdict), notice: bundle.manifest.notice };
}

/** A model bundle is missing, incomplete, altered or of an unknown format. */
export class BundleError extends Error {
  name = "BundleError";
}

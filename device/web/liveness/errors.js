/** A model bundle is missing, incomplete, altered or of a foreign format. */
export class BundleError extends Error {
  name = "BundleError";
}

/**
 * Read a stream of bytes to its end.
 *
 * @param {ReadableStream<Uint8Array>} stream
 * @param {number} most  how many bytes it may hold.
 * @returns {Promise<Uint8Array | null>} null if it holds more.
 */
export async function readAtMost(stream, most) {
  const reader = stream.getReader();
  const parts = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > most) {
      await reader.cancel();
      return null;
    }
    parts.push(value);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

// What the program sends, one answer for each question, to a page that shows it.
//
// A page must not go on showing what is over: `lost` is called when the connection ends, when no
// picture came for a second, and when the page is left. It is called again and again until one comes.
// It says whether the program was heard: then it was only the picture that did not come.

const FRESH_MS = 1000;
const RETRY_MS = 1000;

/**
 * @param {string} path of the socket
 * @param {(state: object, pictures: Map<string, ImageBitmap>) => void} show
 * @param {(why: string, heard: boolean) => void} lost
 */
export function watch(path, show, lost) {
  let takenAt = -Infinity;
  let heardAt = -Infinity;
  let silence = "no connection to the program";

  const connect = () => {
    const socket = new WebSocket(new URL(path, location.href.replace(/^http/, "ws")));
    socket.binaryType = "arraybuffer";
    // The question is the time: it comes back, and tells how old the answer is.
    const ask = () => socket.readyState === WebSocket.OPEN && socket.send(String(performance.now()));
    socket.onopen = () => {
      silence = "no answer from the program for a second";
      ask();
    };
    socket.onclose = () => {
      takenAt = heardAt = -Infinity;
      silence = "no connection to the program";
      lost(silence, false);
      setTimeout(connect, RETRY_MS);
    };
    socket.onmessage = async ({ data }) => {
      const { state, jpegs } = unpack(data);
      const pictures = await decode(jpegs);
      const underWay = performance.now() - state.asked;
      if (underWay <= FRESH_MS) heardAt = performance.now();
      if (socket.readyState === WebSocket.OPEN && underWay + state.age_ms <= FRESH_MS) {
        if (pictures.size) takenAt = performance.now() - state.age_ms;
        show(state, pictures);
      } else if (socket.readyState === WebSocket.OPEN && underWay <= FRESH_MS) {
        show(state, new Map());
      }
      for (const picture of pictures.values()) picture.close();
      check();
      ask();
    };
  };

  const check = () => {
    const heard = performance.now() - heardAt <= FRESH_MS;
    const why = heard ? "no picture for a second" : silence;
    if (performance.now() - takenAt > FRESH_MS) lost(why, heard);
  };

  setInterval(check, 100);
  document.addEventListener("visibilitychange", check);
  addEventListener("pagehide", () => lost("the page was left", false));
  connect();
}

function unpack(data) {
  const length = new DataView(data).getUint32(0);
  const state = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, length)));
  let start = 4 + length;
  const jpegs = state.pictures.map(([name, size]) => {
    const jpeg = new Blob([new Uint8Array(data, start, size)], { type: "image/jpeg" });
    start += size;
    return [name, jpeg];
  });
  return { state, jpegs };
}

async function decode(jpegs) {
  const decoded = jpegs.map(async ([name, jpeg]) => [name, await createImageBitmap(jpeg)]);
  return new Map(await Promise.all(decoded));
}

/** Draw a picture as large as it is, mirrored or not. */
export function draw(canvas, picture, mirrored = false) {
  if (canvas.width !== picture.width || canvas.height !== picture.height) {
    canvas.width = picture.width;
    canvas.height = picture.height;
  }
  const context = canvas.getContext("2d");
  context.setTransform(mirrored ? -1 : 1, 0, 0, 1, mirrored ? picture.width : 0, 0);
  context.drawImage(picture, 0, 0);
}

/** Leave nothing of a picture. */
export function clear(canvas) {
  const context = canvas.getContext("2d");
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
}

/** Set a text only where it changes, so that a screen reader hears it once. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

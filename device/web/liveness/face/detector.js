// BlazeFace in onnxruntime-web: picture in, faces out; see rise_edge/face/detector.py. The weights
// are the two files of rise_edge/face/blazeface, and no others are opened.

import { checkHash, fetchFile, sha256 } from "../bundle/bundle.js";
import { roundHalfEven } from "../crop/half_even.js";
import { openSession, Tensor } from "../model/onnxruntime.js";
import { cut, turnPicture } from "../crop/picture.js";
import { areaTaps, resize } from "../crop/resize.js";

const NETWORKS = [
  {
    size: 128,
    file: "front_128.onnx",
    hash: "d388b1cf8a5f6f1af2b3f4c14f6d0f138bab970cd618cccd12dddb7484e82e51",
  },
  {
    size: 256,
    file: "back_256.onnx",
    hash: "427cbbe0fc41448d09e1dc9cfabe2423d997cf2faaeab91fadd09a510b63b8e2",
  },
];
const MAX_FILE_BYTES = 4 * 1024 * 1024;
const GRIDS = [[16, 2], [8, 6]]; // cells in a row, anchors a cell: Bazarevsky et al. 2019, section 3
const MIN_SCORE = 0.7; // that a face must reach, the way up that it has, in one of the looks
const MAX_OVERLAP = 0.3; // intersection over union above which two detections are one face
const WINDOW = 2.5; // side of the window for the closer look, in widths of the face
const CLOSER_SCORE = 0.6; // of the detections that place the keypoints in the closer look
const CANDIDATE_SCORE = 0.5; // of what may be a face upside down: it is looked at both ways up
const RIVAL_SCORE = 0.6; // of what may be a second face, which can only deny
const UPRIGHT_SCORE = 0.9; // that hardly any face reaches upside down: such a face is upright
const BOTH_WAYS = [4, 2]; // sides of the windows that are looked at both ways up, in widths
const SURE = 1; // difference of the log odds both ways up that needs no second window

/**
 * @param {string} folder  the address of the two files, of the page's own origin.
 * @throws {BundleError} one is missing, or not the one that is expected.
 */
export async function openDetector(folder) {
  const url = new URL(`${folder.replace(/\/*$/, "")}/`, document.baseURI);
  const networks = [];
  for (const { size, file, hash } of NETWORKS) {
    const content = await fetchFile(url, file, MAX_FILE_BYTES);
    checkHash(file, await sha256(content), hash);
    networks.push(new BlazeFace(size, await openSession(content)));
  }
  return new Detector(networks);
}

class Detector {
  constructor(networks) {
    this.networks = networks;
  }

  /**
   * Find the faces of a picture, the largest first. The second network is asked where the first
   * one finds none: it finds faces half as large, in four times the time. If the first face is
   * upside down its keypoints are too. Only the first must reach MIN_SCORE.
   *
   * @param {import("../crop/picture.js").Picture} picture
   * @returns {Promise<import("./face.js").Face[]>}
   */
  async detect(picture) {
    for (const network of this.networks) {
      const faces = await find(network, picture, CANDIDATE_SCORE);
      const certain = faces.filter(({ score }) => score >= MIN_SCORE);
      if (faces.length === 0) continue;
      const [likeliest] = certain.length ? certain : faces.toSorted((a, b) => b.score - a.score);
      const face = await this.#settle(picture, likeliest);
      const rivals = faces.filter((f) => f !== likeliest && f.score >= RIVAL_SCORE);
      if (face.score >= MIN_SCORE) return [face, ...rivals];
    }
    return [];
  }

  /** The face with the best score of all looks, and the keypoints of the way up that it has. */
  async #settle(picture, found) {
    const face = await this.#lookCloser(picture, found);
    const score = Math.max(found.score, face.score);
    if (found.score >= UPRIGHT_SCORE) return { ...face, score };
    const { evidence, upright, turned } = await this.#bothWays(picture, face);
    if (!(evidence < 0)) return { ...face, score: Math.max(score, upright) };
    return { ...(await this.#lookCloserTurned(picture, face)), score: turned };
  }

  /** Place a face's keypoints again from a window around it, where its pixels are many. */
  async #lookCloser(picture, face) {
    const part = partAround(picture, face, WINDOW);
    if (!part) return face;
    const [found] = await find(this.networks[0], part.picture, CLOSER_SCORE);
    return found ? moved(found, part) : face;
  }

  /** The same for a face that is upside down. */
  async #lookCloserTurned(picture, face) {
    const part = partAround(picture, face, WINDOW);
    const [found] = await find(this.networks[0], turnPicture(part.picture), CLOSER_SCORE);
    const [x0, y0, x1, y1] = face.box;
    if (!found) return turnFace(face, x0 + x1, y0 + y1);
    return moved(turnFace(found, part.picture.width, part.picture.height), part);
  }

  /** How much rather a face is upright than upside down (difference of log odds), and its best
   * score either way. */
  async #bothWays(picture, face) {
    let [evidence, upright, turned] = [0, -Infinity, -Infinity];
    for (const widths of BOTH_WAYS) {
      const part = partAround(picture, face, widths);
      if (!part) break;
      const [asItIs, otherWay] = await this.networks[0].bestLogits(part.picture);
      evidence += asItIs - otherWay;
      upright = Math.max(upright, asItIs);
      turned = Math.max(turned, otherWay);
      if (Math.abs(evidence) >= SURE) break;
    }
    return { evidence, upright: probability(upright), turned: probability(turned) };
  }
}

async function find(network, picture, minScore) {
  const faces = merge(await network.run(picture, minScore));
  return faces.sort((a, b) => b.box[2] - b.box[0] - (a.box[2] - a.box[0]));
}

function probability(logit) {
  return 1 / (1 + Math.exp(-logit));
}

/** The part of a picture around a face and its corner; null where nothing of it is in the picture. */
function partAround(picture, { box: [x0, y0, x1, y1] }, widths) {
  const reach = (widths * Math.max(x1 - x0, 1)) / 2;
  const [cx, cy] = [(x0 + x1) / 2, (y0 + y1) / 2];
  const left = Math.max(0, roundHalfEven(cx - reach));
  const top = Math.max(0, roundHalfEven(cy - reach));
  const right = Math.min(picture.width, roundHalfEven(cx + reach));
  const bottom = Math.min(picture.height, roundHalfEven(cy + reach));
  if (right <= left || bottom <= top) return null;
  return { picture: cut(picture, left, top, right - left, bottom - top), left, top };
}

function moved(face, { left, top }) {
  return {
    ...face,
    box: face.box.map((v, i) => v + (i % 2 ? top : left)),
    keypoints: face.keypoints.map(([x, y]) => [x + left, y + top]),
  };
}

/** A face of a picture of this size, in the picture turned by 180 degrees. */
function turnFace({ box: [x0, y0, x1, y1], keypoints, score }, width, height) {
  return {
    box: [width - x1, height - y1, width - x0, height - y0],
    keypoints: keypoints.map(([x, y]) => [width - x, height - y]),
    score,
  };
}

class BlazeFace {
  constructor(size, session) {
    Object.assign(this, { size, session });
    this.anchors = anchors().map(([x, y]) => [x * size, y * size]);
  }

  /** The highest log odds of a face in a picture, and in the picture turned by 180 degrees. */
  async bestLogits(picture) {
    const { tensor } = letterbox(picture, this.size);
    const turned = turnPicture({ channels: 3, data: tensor.data }).data;
    const other = new Tensor("float32", turned, [1, this.size, this.size, 3]);
    return [await this.#bestLogit(tensor), await this.#bestLogit(other)];
  }

  async #bestLogit(tensor) {
    const results = await this.session.run({ [this.session.inputNames[0]]: tensor });
    const scores = this.session.outputNames.slice(0, 2).flatMap((n) => [...results[n].data]);
    return Math.max(...scores);
  }

  /** Detections: a score, and `points`: centre, extent and six keypoints in the picture's pixels. */
  async run(picture, minScore) {
    const { tensor, scale, left, top } = letterbox(picture, this.size);
    const results = await this.session.run({ [this.session.inputNames[0]]: tensor });
    // Scores of both grids, then boxes of both grids.
    const [scores16, scores8, boxes16, boxes8] = this.session.outputNames.map((n) => results[n].data);
    const logits = [...scores16, ...scores8];
    const boxes = [...boxes16, ...boxes8];
    const threshold = Math.log(minScore / (1 - minScore));
    const chosen = [...logits.keys()].filter((i) => logits[i] > threshold);
    return chosen.map((i) => ({
      score: probability(logits[i]),
      points: Array.from({ length: 8 }, (_, k) => {
        const [x, y] = boxes.slice(i * 16 + k * 2, i * 16 + k * 2 + 2);
        if (k === 1) return [x / scale, y / scale]; // the extent alone is not relative to the anchor
        const [ax, ay] = this.anchors[i];
        return [(x + ax - left) / scale, (y + ay - top) / scale];
      }),
    }));
  }
}

/** Centres of the 896 anchors, as fractions of the input's side. */
function anchors() {
  const centres = [];
  for (const [cells, repeats] of GRIDS) {
    for (let y = 0; y < cells; y += 1) {
      for (let x = 0; x < cells; x += 1) {
        const centre = [(x + 0.5) / cells, (y + 0.5) / cells];
        centres.push(...Array(repeats).fill(centre));
      }
    }
  }
  return centres;
}

/** Fit a picture into a black square with values from -1 to 1. */
function letterbox(picture, size) {
  const scale = size / Math.max(picture.height, picture.width);
  const width = Math.max(1, roundHalfEven(picture.width * scale));
  const height = Math.max(1, roundHalfEven(picture.height * scale));
  const [left, top] = [(size - width) >> 1, (size - height) >> 1];
  const resized = resize(cut(picture, 0, 0, picture.width, picture.height), width, height, areaTaps);
  const data = new Float32Array(size * size * 3).fill(-1);
  for (let y = 0; y < height; y += 1) {
    const row = resized.data.subarray(y * width * 3, (y + 1) * width * 3);
    const to = ((y + top) * size + left) * 3;
    for (let i = 0; i < row.length; i += 1) data[to + i] = row[i] / 127.5 - 1;
  }
  return { tensor: new Tensor("float32", data, [1, size, size, 3]), scale, left, top };
}

/** Blend overlapping detections, weighted by their scores (the paper's section 3.3). */
function merge(detections) {
  let rest = detections.toSorted((a, b) => b.score - a.score);
  const faces = [];
  while (rest.length > 0) {
    const best = rest[0];
    const group = rest.filter((one) => one === best || overlap(best, one) > MAX_OVERLAP);
    rest = rest.filter((one) => !group.includes(one));
    const total = group.reduce((sum, { score }) => sum + score, 0);
    const [centre, extent, ...keypoints] = best.points.map((_, k) =>
      [0, 1].map((i) => group.reduce((sum, { score, points }) => sum + (score / total) * points[k][i], 0)),
    );
    faces.push({ box: corners(centre, extent), keypoints, score: best.score });
  }
  return faces;
}

function corners([cx, cy], [width, height]) {
  return [cx - width / 2, cy - height / 2, cx + width / 2, cy + height / 2];
}

function overlap(a, b) {
  const [p, q] = [corners(...a.points), corners(...b.points)];
  const area = ([x0, y0, x1, y1]) => Math.max(x1 - x0, 0) * Math.max(y1 - y0, 0);
  const shared = area([
    Math.max(p[0], q[0]),
    Math.max(p[1], q[1]),
    Math.min(p[2], q[2]),
    Math.min(p[3], q[3]),
  ]);
  return shared / Math.max(area(p) + area(q) - shared, 1e-9);
}

// What the person is told for each fault of a colour picture; see rise_edge/guidance/en.json.

const INSTRUCTIONS = Object.freeze({
  no_face: "Look into the camera",
  several_faces: "One person at a time, please",
  too_near: "Step back a little",
  too_far: "Come a little closer",
  out_of_frame: "Bring your whole face into the picture",
  off_centre: "Move to the middle of the picture",
  too_dark: "More light on your face, please",
  too_bright: "Turn away from the bright light",
  turned: "Face the camera straight on",
  blurred: "Hold still",
});

// Nothing that the person does would help.
const DEVICE_FAULTS = Object.freeze({
  bad_numbers: "The model gave no usable answer",
  colour_alone: "The model saw colour alone",
  camera_lost: "The camera gives no pictures",
});

/**
 * A verdict in a sentence for people: what to do, or what is wrong, and then the numbers.
 *
 * @param {import("./decision/verdict.js").Verdict} verdict  that is UNDECIDED.
 * @returns {string}
 */
export function explain({ reason, detail }) {
  const words = INSTRUCTIONS[reason] ?? DEVICE_FAULTS[reason] ?? "No decision";
  const why = detail || (reason === "no_face" ? "no face was found" : "");
  return why ? `${words}: ${why}` : words;
}

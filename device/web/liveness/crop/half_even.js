// Numbers rounded to the nearest, and halves to the even neighbour, as Python does. The language's
// own Math.round and toPrecision take halves up: a crop would start a pixel aside, a line differ.

/** Python's `round(x)`. */
export function roundHalfEven(x) {
  const low = Math.floor(x);
  if (x - low !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
}

/** Python's `f"{x:.3g}"`. */
export function threeDigits(x) {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x < 0 ? "-inf" : "inf";
  const sign = x < 0 || Object.is(x, -0) ? "-" : "";
  if (x === 0) return `${sign}0`;
  // 100 digits tell an exact half from what only lies near one.
  const [written, power] = Math.abs(x).toExponential(100).split("e");
  const rest = written.slice(4);
  const half = /^50*$/.test(rest);
  let digits = Number(written.slice(0, 4).replace(".", ""));
  let exponent = Number(power);
  if (half ? digits % 2 === 1 : rest[0] >= "5") digits += 1;
  if (digits === 1000) [digits, exponent] = [100, exponent + 1];
  return sign + general(String(digits), exponent);
}

/** C's %g from three digits d.dd and a power of ten. */
function general(digits, exponent) {
  if (exponent < -4 || exponent >= 3) {
    const power = String(Math.abs(exponent)).padStart(2, "0");
    return `${trimmed(`${digits[0]}.${digits.slice(1)}`)}e${exponent < 0 ? "-" : "+"}${power}`;
  }
  if (exponent < 0) return trimmed(`0.${"0".repeat(-exponent - 1)}${digits}`);
  return trimmed(`${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`);
}

function trimmed(decimal) {
  return decimal.replace(/\.?0*$/, "");
}

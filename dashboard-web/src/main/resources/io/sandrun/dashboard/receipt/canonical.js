import { Written } from "./exact-json.js";

/**
 * The text that is signed: as Python's `json.dumps(value, sort_keys=True)` writes it. Keys stand in the order of their
 * code points, all but printable ASCII as escapes, numbers with a fraction as Python's `repr`.
 */
export function canonical(value) {
  if (value instanceof Written) return value.isWhole ? BigInt(value.text).toString() : repr(Number(value.text));
  if (value instanceof Map) {
    const names = [...value.keys()].sort(byCodePoint);
    return `{${names.map((name) => `${quoted(name)}: ${canonical(value.get(name))}`).join(", ")}}`;
  }
  if (Array.isArray(value)) return `[${value.map(canonical).join(", ")}]`;
  return typeof value === "string" ? quoted(value) : String(value);
}

const SHORT = { "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\" };

const quoted = (text) =>
  `"${text.replace(
    /["\\]|[^ -~]/g,
    (unit) => SHORT[unit] ?? "\\u" + unit.charCodeAt(0).toString(16).padStart(4, "0"),
  )}"`;

/** Both languages write the fewest digits that mean the number; they differ in where an exponent begins, and how. */
function repr(number) {
  if (!Number.isFinite(number)) throw new Error("a number is beyond all bounds");
  if (number === 0) return Object.is(number, -0) ? "-0.0" : "0.0";
  const [mantissa, power] = number.toExponential().split("e");
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) {
    return `${mantissa}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  const sign = number < 0 ? "-" : "";
  const digits = mantissa.replace(/[-.]/g, "");
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  return `${sign}${whole}.${digits.slice(exponent + 1) || "0"}`;
}

/** JavaScript compares halves of characters, which sort otherwise beyond the first plane. */
export function byCodePoint(one, other) {
  const left = Array.from(one, (character) => character.codePointAt(0));
  const right = Array.from(other, (character) => character.codePointAt(0));
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    if (left[at] !== right[at]) return left[at] - right[at];
  }
  return left.length - right.length;
}

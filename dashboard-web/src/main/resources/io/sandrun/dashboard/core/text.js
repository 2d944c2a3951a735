/**
 * What others wrote, made so that it shows what it is: control characters, and those that turn the direction of
 * writing or take no room, stand as their numbers. It goes into the page as text in any case.
 */
const DECEIVING =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/gu;

const numbered = (character) => `<${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}>`;

export const plain = (text) => String(text).replace(DECEIVING, numbered);

/** Likewise of a single line, and no longer than that. */
export function short(text, most = 80) {
  const line = plain(String(text).replace(/[\n\t]/g, " "));
  return line.length > most ? line.slice(0, most - 1) + "…" : line;
}

export function bytes(count) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  let value = count;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : figure(value)} ${units[unit]}`;
}

/** Three digits that matter. */
export function figure(value) {
  if (value === 0) return "0";
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toFixed(digits).replace(/\.?0+$/, (zeros) => (zeros.startsWith(".") ? "" : zeros));
}

export const count = (value) => Number(value).toLocaleString("en");

export function duration(ms) {
  if (ms === null || ms === undefined) return "–";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${figure(ms / 1000)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.round((ms % 60_000) / 1000)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function ago(seconds) {
  const past = Math.max(0, Date.now() / 1000 - seconds);
  if (past < 5) return "just now";
  if (past < 60) return `${Math.floor(past)} s ago`;
  if (past < 3600) return `${Math.floor(past / 60)} min ago`;
  if (past < 86_400) return `${Math.floor(past / 3600)} h ago`;
  return `${Math.floor(past / 86_400)} d ago`;
}

export const moment = (seconds) =>
  new Date(seconds * 1000).toLocaleString("sv", { hour12: false, timeZoneName: "short" });

/** Words of the wire for people: `timed_out` as "timed out". */
export const words = (name) => String(name).replaceAll("_", " ");

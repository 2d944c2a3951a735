import { byCodePoint, canonical } from "./canonical.js";
import { exactJson } from "./exact-json.js";

/** Exactly these are what a node says in a receipt; see docs/protocol.md. */
const FIELDS = [
  "version", "job_id", "worker_id", "attempt", "interpreter", "interpreter_version", "environment", "code_sha256",
  "entrypoint", "inputs", "requirements", "args_sha256", "env_sha256", "stdin_sha256", "limits", "node_clock",
  "outcome", "exit_code", "signal", "usage", "stdout", "stdout_sha256", "stderr", "stderr_sha256", "outputs",
  "outputs_left_out", "output_hash",
];
const BESIDE = ["seal", "signature", "signature_algorithm"];
const VERSION = "sandrun-receipt-1";

/**
 * Checks a receipt here, with nothing but the browser's own cryptography: answers the names of what is wrong with it,
 * none of a genuine one, and what it says. Throws where it is no receipt at all.
 */
export async function check(text) {
  const receipt = exactJson(text);
  const fields = new Map([...receipt].filter(([name]) => !BESIDE.includes(name)));
  const faults = new Set([
    ...FIELDS.filter((name) => !fields.has(name)),
    ...[...fields.keys()].filter((name) => !FIELDS.includes(name)),
  ]);
  const seal = await sealOf(fields);
  const given = receipt.get("seal");
  for (const name of new Set([...seal.keys(), ...given.keys()])) {
    const isSame = given.has(name) && seal.has(name) && canonical(seal.get(name)) === canonical(given.get(name));
    if (!isSame) faults.add(name);
  }
  const paths = fields.get("outputs").map((entry) => entry.get("path"));
  if (paths.some((path, index) => index > 0 && byCodePoint(paths[index - 1], path) >= 0)) faults.add("outputs");
  if (fields.get("version") !== VERSION) faults.add("version");
  if (receipt.get("signature_algorithm") !== "Ed25519") faults.add("signature_algorithm");
  if (!(await isSigned(receipt, given))) faults.add("signature");
  if (fields.get("output_hash") !== (await outputHash(fields))) faults.add("output_hash");
  return { faults: [...faults].sort(), fields };
}

async function sealOf(fields) {
  const seal = new Map();
  for (const [name, value] of fields) {
    if (name !== "outputs") seal.set(name, await digest(value));
  }
  const outputs = new Map();
  for (const entry of fields.get("outputs")) outputs.set(entry.get("path"), await digest(entry));
  return seal.set("outputs", outputs);
}

async function isSigned(receipt, seal) {
  const raw = decoded(receipt.get("worker_id"));
  const key = await crypto.subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]);
  const signature = decoded(receipt.get("signature"));
  return crypto.subtle.verify({ name: "Ed25519" }, key, signature, new TextEncoder().encode(canonical(seal)));
}

async function outputHash(fields) {
  const named = (entry, ...names) => new Map(names.map((name) => [name, entry.get(name)]));
  const listing = fields.get("outputs").map((entry) => named(entry, "path", "sha256", "size_bytes"));
  const stdout = fields.get("stdout");
  const printed = new Map([
    ["stream", "stdout"],
    ["sha256", stdout.get("kept_sha256")],
    ["size_bytes", stdout.get("kept_bytes")],
  ]);
  return "sha256:" + (await digest(listing.length ? listing : [printed]));
}

async function digest(value) {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(canonical(value)));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The one form that base64 has for its bytes. */
function decoded(text) {
  const binary = atob(text);
  if (btoa(binary) !== text) throw new Error("a key or a signature is not written in the one form that it has");
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** Whether this browser can do it here: only over TLS or on the broker's own machine, and not every one. */
export async function canCheck() {
  if (!globalThis.crypto?.subtle) return false;
  try {
    await crypto.subtle.importKey("raw", new Uint8Array(32), { name: "Ed25519" }, false, ["verify"]);
    return true;
  } catch {
    return false;
  }
}

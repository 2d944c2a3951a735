import { key } from "./session.js";

const PATIENCE_MS = 30_000;

/** Tells with an event `locked` that the broker wants a key, or another one. */
export const gate = new EventTarget();

/** What the broker refused, in its own words. */
export class Refused extends Error {
  constructor(status, body) {
    super(typeof body.error === "string" ? body.error : `The broker answered with ${status}.`);
    this.status = status;
    this.code = body.code ?? "";
    this.details = body.details ?? {};
  }
}

/** The broker could not be reached. */
export class Unreachable extends Error {
  constructor() {
    super("The broker cannot be reached. Is it running?");
  }
}

function headers(given) {
  const all = new Headers(given);
  if (key()) all.set("Authorization", `Bearer ${key()}`);
  return all;
}

/** An answer of the broker, with the key that this tab has. Throws Refused and Unreachable; waits without end. */
export async function open(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, { ...options, headers: headers(options.headers), cache: "no-store" });
  } catch (failure) {
    if (options.signal?.aborted) throw failure;
    throw new Unreachable();
  }
  if (answer.ok) return answer;
  const body = await answer.json().catch(() => ({}));
  if (answer.status === 401) gate.dispatchEvent(new Event("locked"));
  throw new Refused(answer.status, body);
}

/** Likewise, but not without end. */
export function ask(path, options = {}) {
  const limit = AbortSignal.timeout(PATIENCE_MS);
  const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
  return open(path, { ...options, signal });
}

export const get = async (path, options) => (await ask(path, options)).json();

export const post = async (path, body = {}) =>
  (
    await ask(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    })
  ).json();

/** A form with files: the browser names its type, and a slow line may take its time. */
export const postForm = async (path, form) => (await open(path, { method: "POST", body: form })).json();

export const remove = async (path) => (await ask(path, { method: "DELETE" })).json();

/** A path of the broker, each part of which may be anything. */
export const path = (...parts) => "/" + parts.map(encodeURIComponent).join("/");

/** Query parameters, without those that are empty. */
export function query(parameters) {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== null && value !== "") given.append(name, value);
  }
  const text = given.toString();
  return text ? `?${text}` : "";
}

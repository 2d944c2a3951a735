import { open, Refused } from "./api.js";
import { events } from "./sse.js";

/** As many as the broker keeps. */
const SAMPLES = 300;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

/**
 * What goes on in the broker, as long as this page is open. Events: `sample` (the last of `samples` is new), `jobs`
 * (detail: the changes), `status` (`isLive` changed).
 */
class Live extends EventTarget {
  samples = [];
  isLive = false;
  #stop = null;

  start() {
    if (this.#stop) return;
    this.#stop = new AbortController();
    this.#follow(this.#stop.signal);
  }

  stop() {
    this.#stop?.abort();
    this.#stop = null;
    this.samples = [];
    this.#say(false);
  }

  get latest() {
    return this.samples.at(-1) ?? null;
  }

  async #follow(signal) {
    let wait = FIRST_WAIT_MS;
    while (!signal.aborted) {
      try {
        const answer = await open("/events", { signal, headers: { Accept: "text/event-stream" } });
        for await (const event of events(answer)) {
          if (signal.aborted) return;
          this.#take(event);
          wait = FIRST_WAIT_MS;
        }
      } catch (failure) {
        if (signal.aborted) return;
        if (failure instanceof Refused && (failure.status === 401 || failure.status === 403)) return this.stop();
      }
      this.#say(false);
      await new Promise((resolve) => setTimeout(resolve, wait));
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    }
  }

  #take({ name, data }) {
    if (name === "history") {
      this.samples = data.samples;
      this.#say(true);
      this.dispatchEvent(new Event("sample"));
    } else if (name === "sample") {
      this.samples.push(data);
      if (this.samples.length > SAMPLES) this.samples.shift();
      this.dispatchEvent(new Event("sample"));
    } else if (name === "jobs") {
      this.dispatchEvent(new CustomEvent("jobs", { detail: data }));
    }
  }

  #say(isLive) {
    if (this.isLive === isLive) return;
    this.isLive = isLive;
    this.dispatchEvent(new Event("status"));
  }
}

export const live = new Live();

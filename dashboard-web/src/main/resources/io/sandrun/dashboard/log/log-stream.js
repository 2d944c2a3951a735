import { ask, open, path, query } from "../core/api.js";
import { events } from "../core/sse.js";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/** How long a job's log is by now, bytes. */
export async function logBytes(jobId) {
  const answer = await ask(path("logs", jobId) + query({ format: "text", limit: 0 }));
  return Number(answer.headers.get("Log-Bytes") ?? 0);
}

/**
 * The parts of a log from a place on, `{stream, offset, length, attempt, text}`, and those that come, until the job
 * ends. A stream that breaks off is opened again where it was.
 */
export async function* logParts(jobId, offset, signal) {
  let wait = FIRST_WAIT_MS;
  let last = null;
  while (!signal.aborted) {
    try {
      const headers = { Accept: "text/event-stream" };
      if (last) headers["Last-Event-ID"] = last;
      const place = query({ offset: last ? "" : offset });
      const answer = await open(path("logs", jobId, "stream") + place, { signal, headers });
      for await (const { name, id, data } of events(answer)) {
        if (name === "end") return;
        wait = FIRST_WAIT_MS;
        last = id || last;
        yield data;
      }
    } catch (failure) {
      if (signal.aborted) return;
      if (failure.status && failure.status !== 429 && failure.status < 500) throw failure;
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }
}

import { get, path } from "./api.js";
import { live } from "./live.js";
import { atMostEvery, Part } from "./part.js";
import { isFinal } from "./states.js";

/**
 * A part that shows a job and follows it: when it is told that the job has changed, and now and then, since not all is
 * told. `status` is null until it is known.
 */
export class JobPart extends Part {
  static properties = { jobId: {}, status: { state: true }, failure: { state: true } };

  /** At most once in `refreshMs`, and at least once in `lookMs` while the job goes on and somebody looks. */
  constructor(refreshMs, lookMs) {
    super();
    this.lookMs = lookMs;
    this.refresh = atMostEvery(refreshMs, () => this.#load());
    this.listen(live, "jobs", ({ detail }) => {
      if (detail.missed || detail.jobs.some((job) => job.job_id === this.jobId)) this.refresh();
    });
  }

  connectedCallback() {
    super.connectedCallback();
    this.looking = setInterval(() => this.isOver || document.hidden || this.refresh(), this.lookMs);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.looking);
    this.refresh.stop();
  }

  willUpdate(changed) {
    if (changed.has("jobId")) {
      this.status = null;
      this.#load();
    }
  }

  get isOver() {
    return isFinal(this.status?.state);
  }

  /** What is shown of the job, by the names of the properties that have it. */
  async read(jobId) {
    return { status: await get(path("status", jobId)) };
  }

  async #load() {
    const asked = this.jobId;
    try {
      const found = await this.read(asked);
      if (asked === this.jobId) Object.assign(this, found, { failure: null });
    } catch (failure) {
      if (asked === this.jobId) this.failure = failure;
    }
  }
}

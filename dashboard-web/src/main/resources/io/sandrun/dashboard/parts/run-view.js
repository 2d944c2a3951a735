import { html, nothing } from "lit";
import { get, path, post } from "../core/api.js";
import { live } from "../core/live.js";
import { atMostEvery, Part } from "../core/part.js";
import { link } from "../core/router.js";
import { duration, plain } from "../core/text.js";
import { badge, trouble } from "./pieces.js";
import "../job/outputs.js";
import "../log/log-view.js";

const REFRESH_MS = 300;
const LOOK_MS = 3_000;

/** A job as it runs, in short: its state, what it prints, what it leaves. */
class RunView extends Part {
  static properties = { jobId: {}, status: { state: true }, failure: { state: true } };

  #refresh = atMostEvery(REFRESH_MS, () => this.#load());

  constructor() {
    super();
    this.listen(live, "jobs", ({ detail }) => {
      if (detail.missed || detail.jobs.some((job) => job.job_id === this.jobId)) this.#refresh();
    });
  }

  connectedCallback() {
    super.connectedCallback();
    this.looking = setInterval(() => this.status?.completed_at || document.hidden || this.#refresh(), LOOK_MS);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.looking);
    this.#refresh.stop();
  }

  willUpdate(changed) {
    if (changed.has("jobId")) {
      this.status = null;
      this.#load();
    }
  }

  async #load() {
    const asked = this.jobId;
    try {
      const status = await get(path("status", asked));
      if (asked === this.jobId) this.status = status;
      this.failure = null;
    } catch (failure) {
      this.failure = failure;
    }
  }

  async #cancel() {
    try {
      await post(path("cancel", this.jobId));
    } catch (failure) {
      this.failure = failure;
    }
  }

  render() {
    const { status } = this;
    const isOver = Boolean(status?.completed_at);
    const ran = status?.execution_metadata;
    return html`
      <div class="heading run">
        <h2>Run</h2>
        ${status ? badge(status.state, status.code) : nothing}
        ${ran ? html`<span class="soft">exit code ${ran.exit_code}, ${duration(status.wall_time)}</span>` : nothing}
        <div class="actions">
          ${status && !isOver ? html`<button class="quiet small" @click=${this.#cancel}>Cancel</button>` : nothing}
          <a role="button" class="quiet small" href=${link("jobs", this.jobId)}>Open the job</a>
        </div>
      </div>
      ${trouble(this.failure)}
      ${status?.state === "pending" ? html`<p class="soft">${plain(status.pending_reason ?? "")}</p>` : nothing}
      ${isOver && status.reason ? html`<p class="soft">${plain(status.reason)}</p>` : nothing}
      <sandrun-log .jobId=${this.jobId} .state=${status?.state ?? "pending"}></sandrun-log>
      ${isOver ? html`<sandrun-outputs .jobId=${this.jobId}></sandrun-outputs>` : nothing}
    `;
  }
}

customElements.define("sandrun-run", RunView);

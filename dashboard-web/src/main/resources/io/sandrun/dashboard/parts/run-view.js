import { html, nothing } from "lit";
import { path, post } from "../core/api.js";
import { JobPart } from "../core/job-part.js";
import { link } from "../core/router.js";
import { duration, plain } from "../core/text.js";
import { badge, trouble } from "./pieces.js";
import "../job/outputs.js";
import "../log/log-view.js";

const REFRESH_MS = 300;
const LOOK_MS = 3_000;

/** A job as it runs, in short: its state, what it prints, what it leaves. */
class RunView extends JobPart {
  constructor() {
    super(REFRESH_MS, LOOK_MS);
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
    const ran = status?.execution_metadata;
    return html`
      <div class="heading run">
        <h2>Run</h2>
        ${status ? badge(status.state, status.code) : nothing}
        ${ran ? html`<span class="soft">exit code ${ran.exit_code}, ${duration(status.wall_time)}</span>` : nothing}
        <div class="actions">
          ${status && !this.isOver ? html`<button class="quiet small" @click=${this.#cancel}>Cancel</button>` : nothing}
          <a role="button" class="quiet small" href=${link("jobs", this.jobId)}>Open the job</a>
        </div>
      </div>
      ${trouble(this.failure)}
      ${status?.state === "pending" ? html`<p class="soft">${plain(status.pending_reason ?? "")}</p>` : nothing}
      ${this.isOver && status.reason ? html`<p class="soft">${plain(status.reason)}</p>` : nothing}
      <sandrun-log .jobId=${this.jobId} .state=${status?.state ?? "pending"}></sandrun-log>
      ${this.isOver ? html`<sandrun-outputs .jobId=${this.jobId}></sandrun-outputs>` : nothing}
    `;
  }
}

customElements.define("sandrun-run", RunView);

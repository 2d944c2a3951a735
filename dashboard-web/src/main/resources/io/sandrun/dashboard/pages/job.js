import { html, nothing } from "lit";
import { get, path, post } from "../core/api.js";
import { JobPart } from "../core/job-part.js";
import { names } from "../core/names.js";
import { go, link } from "../core/router.js";
import { ago, bytes, duration, moment, plain } from "../core/text.js";
import { badge, busy, card, empty, fact, nodeLink, trouble } from "../parts/pieces.js";
import { sure } from "../parts/question.js";
import "../job/timeline.js";
import "../job/attempts.js";
import "../job/manifest.js";
import "../job/outputs.js";
import "../job/receipt.js";
import "../job/verification.js";
import "../log/log-view.js";

const REFRESH_MS = 500;

/** What no event tells: that a place in the queue has changed. */
const LOOK_MS = 5_000;

/** All about one job. */
class Job extends JobPart {
  static properties = { details: { state: true }, isBusy: { state: true } };

  constructor() {
    super(REFRESH_MS, LOOK_MS);
    this.listen(names, "change", () => this.requestUpdate());
  }

  async read(jobId) {
    const [{ status }, details] = await Promise.all([super.read(jobId), get(path("jobs", jobId))]);
    return { status, details };
  }

  async #cancel() {
    if (!(await sure("Cancel this job? What it has done so far is lost.", "Cancel the job"))) return;
    await this.#do(() => post(path("cancel", this.jobId)));
  }

  async #rerun() {
    await this.#do(async () => {
      const again = await post(path("jobs", this.jobId, "rerun"));
      go("jobs", again.job_id);
    });
  }

  async #do(action) {
    this.isBusy = true;
    try {
      await action();
      this.failure = null;
      this.refresh();
    } catch (failure) {
      this.failure = failure;
    } finally {
      this.isBusy = false;
    }
  }

  render() {
    const { status } = this;
    if (!status && this.failure?.status === 404) {
      return html`<h1 tabindex="-1">Job</h1>
        ${empty(
          "There is no such job",
          "It was never submitted, was forgotten some time after its end, or belongs to another key.",
          html`<a href=${link("jobs")}>All jobs</a>`,
        )}`;
    }
    return html`
      <div class="heading">
        <h1 tabindex="-1" class="id">${this.jobId}</h1>
        ${status ? badge(status.state, status.code) : nothing}
        ${status ? this.#actions() : nothing}
      </div>
      ${trouble(this.failure)}
      ${status ? this.#all() : busy("Reading the job…")}
    `;
  }

  #actions() {
    return html`
      <div class="actions">
        ${this.isOver
          ? nothing
          : html`<button class="quiet small" ?disabled=${this.isBusy || this.status.cancel_requested}
              @click=${this.#cancel}>${this.status.cancel_requested ? "Being cancelled" : "Cancel"}</button>`}
        <button class="small" ?disabled=${this.isBusy} @click=${this.#rerun}>Run again</button>
      </div>
    `;
  }

  #all() {
    const { status, details } = this;
    return html`
      ${this.#facts()} ${this.#why()}
      ${card("Timeline", html`<sandrun-timeline .status=${status}></sandrun-timeline>`)}
      <sandrun-log .jobId=${this.jobId} .state=${status.state}></sandrun-log>
      ${this.isOver ? html`<sandrun-outputs .jobId=${this.jobId}></sandrun-outputs>` : nothing}
      ${status.verification
        ? html`<sandrun-verification .verification=${status.verification}></sandrun-verification>`
        : nothing}
      ${details
        ? html`
            <sandrun-manifest .manifest=${details.manifest}></sandrun-manifest>
            ${card("Attempts", html`<sandrun-attempts .attempts=${details.attempts}></sandrun-attempts>`)}
          `
        : nothing}
      ${this.isOver ? this.#receipt() : nothing}
    `;
  }

  /** Where nobody vouches for the result there is none to be asked for. */
  #receipt() {
    const { worker_metadata: by, cached_from: source, verification } = this.status;
    if (by.worker_id) {
      const believed = verification?.decision?.job_id ?? this.jobId;
      return html`<sandrun-receipt .jobId=${this.jobId} .about=${believed}></sandrun-receipt>`;
    }
    return card(
      "Receipt",
      source
        ? html`<p>Its result is that of <a class="id" href=${link("jobs", source)}>${source}</a>, which has one.</p>`
        : html`<p class="soft">There is none: no node with a key has reported on this job.</p>`,
    );
  }

  #facts() {
    const { status } = this;
    const ran = status.execution_metadata;
    return html`
      <dl class="facts">
        ${fact("submitted", ago(status.submitted_at), moment(status.submitted_at))}
        ${fact("interpreter", status.interpreter)}
        ${fact("ran for", duration(ran ? status.wall_time : null))}
        ${fact("CPU time", ran ? duration(status.cpu_seconds * 1000) : "–")}
        ${fact("memory peak", ran ? bytes(status.memory_bytes) : "–")}
        ${fact("exit code", ran ? ran.exit_code : "–")}
        ${fact("node", nodeLink(status.node_id))}
      </dl>
    `;
  }

  /** Why it waits, or why it ended as it did. */
  #why() {
    const { status } = this;
    if (status.state === "pending") {
      const unmet = (status.pending_details ?? []).filter((one) => one.nodes_meeting === 0);
      return html`
        <section class="card notice" data-state="pending">
          <h2>Why it waits</h2>
          <p>${plain(status.pending_reason ?? "")}</p>
          ${unmet.map(
            (one) => html`<p class="soft">${plain(one.requirement)}: met by none of ${one.nodes_live} live nodes</p>`,
          )}
        </section>
      `;
    }
    return status.reason
      ? html`<section class="card notice" data-state=${status.state}><p>${plain(status.reason)}</p></section>`
      : nothing;
  }
}

customElements.define("sandrun-job", Job);

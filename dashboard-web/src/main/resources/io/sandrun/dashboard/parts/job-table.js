import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { Part } from "../core/part.js";
import { names } from "../core/names.js";
import { link } from "../core/router.js";
import { ago, duration, moment, short } from "../core/text.js";
import { badge, busy, nodeLink } from "./pieces.js";

const TICK_MS = 1_000;

/** Jobs, one a line, the newest first. */
class JobTable extends Part {
  static properties = { jobs: { attribute: false } };

  constructor() {
    super();
    this.listen(names, "change", () => this.requestUpdate());
  }

  connectedCallback() {
    super.connectedCallback();
    this.ticking = setInterval(() => document.hidden || this.requestUpdate(), TICK_MS);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.ticking);
  }

  render() {
    if (!this.jobs) return busy("Reading jobs…");
    return html`
      <div class="scroll" tabindex="0" role="region" aria-label="Jobs">
        <table class="dense jobs">
          <thead>
            <tr>
              <th scope="col">State</th>
              <th scope="col">Job</th>
              <th scope="col" class="wide">Interpreter</th>
              <th scope="col" class="wide">Node</th>
              <th scope="col" class="wide number">Attempt</th>
              <th scope="col">Submitted</th>
              <th scope="col" class="number">Took</th>
            </tr>
          </thead>
          <tbody>
            ${repeat(
              this.jobs,
              (job) => job.job_id,
              (job) => this.#row(job),
            )}
          </tbody>
        </table>
      </div>
    `;
  }

  #row(job) {
    const labels = Object.entries(job.labels ?? {});
    return html`
      <tr>
        <td>${badge(job.state, job.code)}</td>
        <td class="id">
          <a href=${link("jobs", job.job_id)}>${job.job_id}</a>
          ${labels.length ? html`<span class="labels">${labels.map(label)}</span>` : nothing}
        </td>
        <td class="wide">${short(job.interpreter, 20)}</td>
        <td class="wide">${nodeLink(job.node_id)}</td>
        <td class="wide number">${job.attempt || "–"}</td>
        <td class="when" title=${moment(job.submitted_at)}>${ago(job.submitted_at)}</td>
        <td class="took number">${took(job)}</td>
      </tr>
    `;
  }
}

const label = ([name, value]) => html`<span class="chip">${short(`${name}=${value}`)}</span>`;

/** From the submit to the outcome, or until now. */
function took(job) {
  if (job.completed_at) return duration((job.completed_at - job.submitted_at) * 1000);
  return html`<span class="soft">${duration(Math.max(0, Date.now() - job.submitted_at * 1000))}</span>`;
}

customElements.define("sandrun-job-table", JobTable);

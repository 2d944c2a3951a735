import { html, nothing } from "lit";
import { get, query } from "../core/api.js";
import { live } from "../core/live.js";
import { atMostEvery, Part } from "../core/part.js";
import { go, link } from "../core/router.js";
import { empty, trouble } from "../parts/pieces.js";
import "../parts/job-table.js";
import { FILTERS } from "./job-filters.js";
import "./job-filters.js";

const REFRESH_MS = 1_000;
const PAGE = 50;

/** Pages that are read before one with few jobs is shown: each looks at a bounded number. */
const READS_MAX = 10;

/** All jobs, page by page. The first page follows what happens; a later one only where its own jobs change. */
class Jobs extends Part {
  static properties = { parameters: { attribute: false }, page: { state: true }, failure: { state: true } };

  #refresh = atMostEvery(REFRESH_MS, () => this.#load());
  #reading = null;

  constructor() {
    super();
    this.listen(live, "jobs", (event) => this.#heard(event.detail));
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#refresh.stop();
    this.#reading?.abort();
  }

  willUpdate(changed) {
    if (changed.has("parameters")) {
      this.page = null;
      this.#load();
    }
  }

  get #filters() {
    return Object.fromEntries(FILTERS.map((name) => [name, this.parameters.get(name) ?? ""]));
  }

  get #cursor() {
    return this.parameters.get("cursor") ?? "";
  }

  async #load() {
    this.#reading?.abort();
    this.#reading = new AbortController();
    const { signal } = this.#reading;
    try {
      const page = await this.#read(signal);
      if (!signal.aborted) {
        this.page = page;
        this.failure = null;
      }
    } catch (failure) {
      if (!signal.aborted) this.failure = failure;
    }
  }

  async #read(signal) {
    const jobs = [];
    let cursor = this.#cursor;
    for (let reads = 0; reads < READS_MAX && jobs.length < PAGE && cursor !== null; reads++) {
      const part = await get("/jobs" + query({ ...this.#filters, cursor, limit: PAGE - jobs.length }), { signal });
      jobs.push(...part.jobs);
      cursor = part.cursor;
    }
    return { jobs, cursor };
  }

  #heard({ jobs, missed }) {
    const shown = new Map((this.page?.jobs ?? []).map((job) => [job.job_id, job]));
    if (!this.#cursor || missed || jobs.some((job) => shown.has(job.job_id))) this.#refresh();
  }

  render() {
    return html`
      <div class="heading">
        <h1 tabindex="-1">Jobs</h1>
        <a role="button" class="small" href=${link("playground")}>New job</a>
      </div>
      <sandrun-job-filters .filters=${this.#filters} @chosen=${this.#chosen}></sandrun-job-filters>
      ${trouble(this.failure)}
      <section class="card flush">${this.#list()}</section>
      ${this.#pager()}
    `;
  }

  #chosen(event) {
    go("jobs", null, event.detail);
  }

  #list() {
    if (this.page && this.page.jobs.length === 0) {
      const isFiltered = Object.values(this.#filters).some(Boolean) || this.#cursor;
      return isFiltered
        ? empty("No job fits", html`<a href=${link("jobs")}>Show all jobs</a>, or change what is asked for above.`)
        : empty("No job yet", html`Write one in the <a href=${link("playground")}>playground</a>.`);
    }
    return html`<sandrun-job-table .jobs=${this.page?.jobs}></sandrun-job-table>`;
  }

  #pager() {
    const next = this.page?.cursor;
    return html`
      <nav class="pager" aria-label="Pages of jobs">
        ${this.#cursor
          ? html`<a role="button" class="quiet small" href=${link("jobs", null, this.#filters)}>Newest</a>
              <button class="quiet small" @click=${() => history.back()}>Newer</button>`
          : nothing}
        ${next
          ? html`<a role="button" class="quiet small"
              href=${link("jobs", null, { ...this.#filters, cursor: next })}>Older</a>`
          : nothing}
      </nav>
    `;
  }
}

customElements.define("sandrun-jobs", Jobs);

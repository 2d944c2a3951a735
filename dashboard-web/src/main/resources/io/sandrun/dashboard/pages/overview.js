import { html, nothing } from "lit";
import { get } from "../core/api.js";
import { live } from "../core/live.js";
import { atMostEvery, Part } from "../core/part.js";
import { link } from "../core/router.js";
import { count, duration, figure } from "../core/text.js";
import "../parts/chart.js";
import { card, command, trouble } from "../parts/pieces.js";
import "../parts/job-table.js";

const REFRESH_MS = 2_000;

const perSecond = (count) => (sample) => (sample.seconds > 0 ? sample[count] / sample.seconds : 0);

const THROUGHPUT = [
  { name: "ended", colour: "accent", of: perSecond("ended") },
  { name: "submitted", colour: "soft", of: perSecond("queued") },
];
const QUEUE = [
  { name: "waiting", colour: "accent", of: (sample) => sample.pending },
  { name: "running", colour: "soft", of: (sample) => sample.running },
];
const LATENCY = [
  { name: "95 %", colour: "accent", of: (sample) => sample.total_p95_ms, isSparse: true },
  { name: "half", colour: "soft", of: (sample) => sample.total_p50_ms, isSparse: true },
];
const FAILURES = [{ name: "failed", colour: "failed", of: perSecond("failed") }];

/** How the broker does, as it goes. */
class Overview extends Part {
  static properties = { recent: { state: true }, failure: { state: true } };

  #refresh = atMostEvery(REFRESH_MS, () => this.#load());

  constructor() {
    super();
    this.listen(live, "sample", () => this.requestUpdate());
    this.listen(live, "jobs", () => this.#refresh());
  }

  connectedCallback() {
    super.connectedCallback();
    this.#load();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#refresh.stop();
  }

  async #load() {
    try {
      this.recent = (await get("/jobs?limit=8")).jobs;
      this.failure = null;
    } catch (failure) {
      this.failure = failure;
    }
  }

  render() {
    const now = live.latest;
    return html`
      <h1 tabindex="-1">Overview</h1>
      ${trouble(this.failure)}
      ${this.#figures(now)}
      <div class="charts">${this.#charts(now)}</div>
      ${now && now.live_nodes === 0 ? this.#join() : nothing}
      ${card(
        "Latest jobs",
        this.recent?.length === 0 ? this.#begin() : html`<sandrun-job-table .jobs=${this.recent}></sandrun-job-table>`,
        this.recent?.length ? html`<a href=${link("jobs")}>All jobs</a>` : nothing,
      )}
    `;
  }

  #figures(now) {
    const failed = live.samples.reduce((sum, sample) => sum + sample.failed, 0);
    const tile = (name, value, page, parameters) => html`
      <a class="card tile" href=${link(page, null, parameters)}><strong>${value}</strong><span>${name}</span></a>
    `;
    return html`
      <div class="tiles">
        ${tile("running", now ? count(now.running) : "–", "jobs", { state: "running" })}
        ${tile("waiting", now ? count(now.pending) : "–", "jobs", { state: "pending" })}
        ${tile("failed in 5 minutes", now ? count(failed) : "–", "jobs", { state: "failed" })}
        ${tile("nodes up", now ? count(now.live_nodes) : "–", "nodes")}
      </div>
    `;
  }

  #charts(now) {
    const samples = [...live.samples];
    const rate = (value) => figure(value);
    const chart = (heading, lines, show, value) => html`
      <sandrun-chart heading=${heading} .lines=${lines} .samples=${samples} .show=${show} .now=${value}></sandrun-chart>
    `;
    const ended = lastOf(samples, (sample) => sample.total_p95_ms);
    return html`
      ${chart("Jobs per second", THROUGHPUT, rate, now ? `${figure(meanOf(samples, "ended"))}/s` : "–")}
      ${chart("Queue", QUEUE, count, now ? count(now.pending) : "–")}
      ${chart("Submit to outcome", LATENCY, duration, duration(ended))}
      ${chart("Failures per second", FAILURES, rate, now ? `${figure(meanOf(samples, "failed"))}/s` : "–")}
    `;
  }

  #join() {
    return card(
      "No node is up",
      html`<p>Jobs wait until a machine offers itself. On one that shall work:</p>
        ${command(`sandrun node --broker ${location.origin}`)}`,
    );
  }

  #begin() {
    return html`
      <div class="empty">
        <h3>No job yet</h3>
        <p>Write one in the <a href=${link("playground")}>playground</a>, or send one from a terminal:</p>
        ${command("echo 'print(6*7)' | sandrun run -")}
      </div>
    `;
  }
}

/** Of the last ten seconds, so that a figure can be read before it changes. */
function meanOf(samples, name) {
  const last = samples.slice(-10);
  const seconds = last.reduce((sum, sample) => sum + sample.seconds, 0);
  return seconds > 0 ? last.reduce((sum, sample) => sum + sample[name], 0) / seconds : 0;
}

function lastOf(samples, of) {
  for (let index = samples.length - 1; index >= 0; index--) {
    if (of(samples[index]) !== null) return of(samples[index]);
  }
  return null;
}

customElements.define("sandrun-overview", Overview);

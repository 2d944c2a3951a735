import { html, nothing } from "lit";
import { path } from "../core/api.js";
import { atMostEvery, Part } from "../core/part.js";
import { isFinal } from "../core/states.js";
import { bytes, count } from "../core/text.js";
import { save } from "../job/save.js";
import { trouble } from "../parts/pieces.js";
import { Lines } from "./lines.js";
import { logBytes, logParts } from "./log-stream.js";

/** Pixels; style/job.css says the same. */
const ROW = 20;

/** Of a log that is longer. */
const ROWS_SEEN = 24;

/** Room for a scroll bar below the last line. */
const SCROLL_BAR = 16;

/** Lines that are rendered above and below those that are seen. */
const MARGIN = 20;

/** What is read of a log at first: its end. */
const TAIL_BYTES = 1024 * 1024;

/** What is read at once of a part further above. */
const PART_BYTES = 4 * 1024 * 1024;
const SHOW_MS = 80;

/**
 * What a job has printed, as it prints it. Only the lines that are seen are in the page, however many there are; of a
 * long log the end is read, and any other part of it when it is asked for.
 */
class LogView extends Part {
  static properties = { jobId: {}, state: {}, failure: { state: true }, first: { state: true } };

  #lines = new Lines();
  #stop = null;
  #total = 0;
  #next = 0;
  #isTail = true;
  #follows = true;
  #show = atMostEvery(SHOW_MS, () => this.requestUpdate());

  connectedCallback() {
    super.connectedCallback();
    if (this.jobId && !this.#stop) this.#readEnd();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#stop?.abort();
    this.#stop = null;
    this.#show.stop();
  }

  willUpdate(changed) {
    if (changed.has("jobId")) this.#readEnd();
  }

  async #readEnd() {
    const asked = this.jobId;
    this.#stop?.abort();
    this.#lines = new Lines();
    try {
      this.#total = await logBytes(asked);
    } catch (failure) {
      this.failure = failure;
      return;
    }
    if (asked === this.jobId && this.isConnected) this.#read(Math.max(0, this.#total - TAIL_BYTES), true);
  }

  /** @param isTail whether it goes on as the job does */
  async #read(from, isTail) {
    this.#stop?.abort();
    const stop = (this.#stop = new AbortController());
    this.#lines = new Lines();
    this.#isTail = isTail;
    this.#follows = isTail;
    this.first = from;
    this.#next = from;
    this.failure = null;
    let attempt = null;
    try {
      for await (const part of logParts(this.jobId, from, stop.signal)) {
        if (stop.signal.aborted) return;
        if (attempt !== null && part.attempt !== attempt) this.#lines = new Lines();
        attempt = part.attempt;
        this.#lines.append(part.stream, part.text);
        this.#next = part.offset + part.length;
        this.#total = Math.max(this.#total, this.#next);
        this.#show();
        if (!isTail && this.#next - from >= PART_BYTES) break;
      }
    } catch (failure) {
      if (!stop.signal.aborted) this.failure = failure;
    }
    this.#show();
  }

  render() {
    return html`
      <section class="card flush log-card">
        <header>
          <h2>Log</h2>
          <span class="soft">${this.#place()}</span>
          <div class="actions">${this.#actions()}</div>
        </header>
        ${trouble(this.failure)}
        <div class="log" tabindex="0" role="region" aria-label="Log" @scroll=${this.#scrolled}>
          ${this.#lines.count === 0 ? html`<p class="nothing">${this.#nothing()}</p>` : this.#rows()}
        </div>
      </section>
    `;
  }

  #nothing() {
    return isFinal(this.state) ? "It has printed nothing." : "It has printed nothing yet.";
  }

  #place() {
    const lines = this.#lines.count === 1 ? "1 line" : `${count(this.#lines.count)} lines`;
    const isWhole = this.first === 0 && this.#lines.dropped === 0 && this.#next >= this.#total;
    if (isWhole) return this.#lines.count ? lines : nothing;
    return `${lines}: ${bytes(this.first)} to ${bytes(this.#next)} of ${bytes(this.#total)}`;
  }

  #actions() {
    const button = (text, action) => html`<button class="quiet small" @click=${action}>${text}</button>`;
    const isCut = this.first > 0 || this.#lines.dropped > 0;
    return html`
      ${isCut ? button("From the start", () => this.#read(0, false)) : nothing}
      ${!this.#isTail && this.#next < this.#total ? button("Next part", () => this.#read(this.#next, false)) : nothing}
      ${this.#isTail ? nothing : button("The end", () => this.#readEnd())}
      ${this.#total > 0 ? button("Download", () => this.#download()) : nothing}
    `;
  }

  async #download() {
    try {
      await save(path("logs", this.jobId) + "?format=text", `${this.jobId}.log`, this.#total);
    } catch (failure) {
      this.failure = failure;
    }
  }

  #rows() {
    const view = this.querySelector(".log");
    const top = this.#follows ? Infinity : (view?.scrollTop ?? 0);
    const seen = Math.ceil((view?.clientHeight || 400) / ROW);
    const { lines, dropped } = this.#lines;
    const from = Math.max(0, Math.min(Math.floor(top / ROW), lines.length - seen) - MARGIN);
    const rows = lines.slice(from, from + seen + 2 * MARGIN);
    this.from = from;
    const isNumbered = this.first === 0;
    return html`
      <div class="space">
        <div class="rows">
          ${rows.map((line, index) => this.#row(line, isNumbered ? dropped + from + index + 1 : ""))}
        </div>
      </div>
    `;
  }

  #row(line, number) {
    return html`<div class="line" data-stream=${line.stream} data-number=${number}>${line.spans.map(
      ([text, classes]) => (classes ? html`<span class=${classes}>${text}</span>` : text),
    )}</div>`;
  }

  updated() {
    const space = this.querySelector(".space");
    const view = this.querySelector(".log");
    const rows = Math.min(this.#lines.count, ROWS_SEEN);
    view.style.height = rows ? `${rows * ROW + SCROLL_BAR}px` : "";
    if (!space) return;
    space.style.height = `${this.#lines.count * ROW}px`;
    this.querySelector(".rows").style.transform = `translateY(${this.from * ROW}px)`;
    if (this.#follows) {
      view.scrollTop = view.scrollHeight;
    }
  }

  /** Whoever scrolls away from the end stays where he is. */
  #scrolled(event) {
    const view = event.target;
    this.#follows = this.#isTail && view.scrollHeight - view.scrollTop - view.clientHeight < ROW;
    this.requestUpdate();
  }
}

customElements.define("sandrun-log", LogView);

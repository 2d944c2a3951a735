import { html, nothing, svg } from "lit";
import { Part } from "../core/part.js";
import { link } from "../core/router.js";
import { ago, bytes, count, moment, plain, short } from "../core/text.js";
import { badge, fact } from "../parts/pieces.js";

const WIDTH = 300;
const HEIGHT = 40;

/** One node: what it offers, how busy it is, and what its answers are worth. */
class NodeCard extends Part {
  static properties = { node: { attribute: false }, load: { attribute: false }, mayChange: { attribute: false } };

  render() {
    const { node } = this;
    return html`
      <section class="card node">
        <header>
          <h2>${short(node.name) || "A node"}</h2>
          ${badge(node.state)}
          ${node.standing ? badge(node.standing) : nothing}
          ${this.mayChange ? this.#actions() : nothing}
        </header>
        <p class="id soft">${node.id}</p>
        ${closed(node.capabilities.owner_terms.closed)}
        <div class="columns">
          <div>
            ${this.#facts()} ${this.#chips("Interpreters", interpreters(node))}
            ${this.#chips("Environments", node.capabilities.environments.map((one) => one.name))}
            ${this.#chips("Isolation", node.capabilities.isolation)}
            ${this.#chips("Runs jobs of", node.capabilities.owner_terms.keys ?? [])}
            ${this.#chips("Labels", Object.entries(node.capabilities.labels).map(pair))}
          </div>
          ${this.#load()}
        </div>
        ${node.standing_reason
          ? html`<p class="soft standing">Its answers: ${plain(node.standing_reason)}</p>`
          : nothing}
      </section>
    `;
  }

  #actions() {
    const button = (text, what) =>
      html`<button class="quiet small" @click=${() => this.#tell(what)}>
        ${text}<span class="visually-hidden"> ${short(this.node.name)}</span>
      </button>`;
    return html`
      <div class="actions">
        ${this.node.drained ? button("Undrain", "undrain") : button("Drain", "drain")}
        ${["doubted", "barred"].includes(this.node.standing) ? button("Forgive", "forgive") : nothing}
      </div>
    `;
  }

  #tell(what) {
    this.dispatchEvent(new CustomEvent("change-node", { detail: { node: this.node, what } }));
  }

  #facts() {
    const { node } = this;
    const { capabilities } = node;
    return html`
      <dl class="facts">
        ${fact("slots in use", `${node.running} of ${node.slots}`)}
        ${fact("cores", capabilities.cpu_cores)}
        ${fact("memory", bytes(capabilities.memory_mb * 1024 * 1024))}
        ${capabilities.owner_terms.memory_mb === null
          ? nothing
          : fact("for all jobs at once", bytes(capabilities.owner_terms.memory_mb * 1024 * 1024))}
        ${capabilities.gpus.length ? fact("GPUs", capabilities.gpus.map(gpuName).join(", ")) : nothing}
        ${fact("completed", html`<a href=${link("jobs", null, { node: node.id })}>${count(node.jobs_completed)}</a>`)}
        ${fact("failed", count(node.jobs_failed))}
        ${fact("last heard of", ago(node.last_heartbeat), moment(node.last_heartbeat))}
        ${capabilities.platform ? fact("system", short(capabilities.platform, 60)) : nothing}
      </dl>
    `;
  }

  #chips(name, values) {
    return values.length
      ? html`<div class="named-chips">
          <span class="soft">${name}</span>
          <p class="chips">${values.map((value) => html`<span class="chip">${short(value, 60)}</span>`)}</p>
        </div>`
      : nothing;
  }

  #load() {
    if (this.load.length < 2) return nothing;
    const most = Math.max(this.node.slots, ...this.load, 1);
    const step = WIDTH / (this.load.length - 1);
    const points = this.load.map((jobs, index) => `${(index * step).toFixed(1)},${y(jobs, most)}`).join(" ");
    const now = this.load.at(-1);
    return html`
      <figure class="load">
        <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img"
          aria-label=${`Jobs at once over the last minutes: now ${now}, at most ${Math.max(...this.load)}`}>
          ${svg`<polygon points=${`0,${HEIGHT} ${points} ${WIDTH},${HEIGHT}`}></polygon>
            <polyline points=${points}></polyline>`}
        </svg>
        <figcaption class="soft">jobs at once, up to ${most}</figcaption>
      </figure>
    `;
  }
}

/** Why its owner lets it take no work, and until when. */
const closed = (why) =>
  why
    ? html`<p class="closed">It takes no work: it is ${plain(why.reason)}${
        why.until ? ` until ${moment(why.until)}` : ""
      }.</p>`
    : nothing;

const pair = ([name, value]) => `${name}=${value}`;

const gpuName = (gpu) => short(gpu.name, 40);

const y = (jobs, most) => (HEIGHT - 2 - (jobs / most) * (HEIGHT - 4)).toFixed(1);

function interpreters({ capabilities }) {
  return capabilities.interpreters.map((name) => `${name} ${capabilities.interpreter_versions[name] ?? ""}`.trim());
}

customElements.define("sandrun-node", NodeCard);

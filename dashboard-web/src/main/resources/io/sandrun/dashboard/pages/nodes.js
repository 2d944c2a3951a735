import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { get, path, post } from "../core/api.js";
import { live } from "../core/live.js";
import { Part } from "../core/part.js";
import { busy, command, empty, trouble } from "../parts/pieces.js";
import { sure } from "../parts/question.js";
import "./node-card.js";

const REFRESH_MS = 4_000;
const UP = ["active", "draining", "drained", "closing", "closed"];

/** The machines that work, or did. */
class Nodes extends Part {
  static properties = { caller: { attribute: false }, nodes: { state: true }, failure: { state: true } };

  constructor() {
    super();
    this.listen(live, "sample", () => this.requestUpdate());
  }

  connectedCallback() {
    super.connectedCallback();
    this.#load();
    this.refreshing = setInterval(() => document.hidden || this.#load(), REFRESH_MS);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.refreshing);
  }

  async #load() {
    try {
      const { nodes } = await get("/nodes");
      // Those that are up first; within each, as they came.
      this.nodes = nodes.sort((one, other) => UP.includes(other.state) - UP.includes(one.state));
      this.failure = null;
    } catch (failure) {
      this.failure = failure;
    }
  }

  async #change({ detail: { node, what } }) {
    if (what === "drain" && !(await sure(`Give ${node.name || node.id} no more work?`, "Drain"))) return;
    try {
      await post(path("nodes", node.id, what));
      await this.#load();
    } catch (failure) {
      this.failure = failure;
    }
  }

  render() {
    const mayChange = this.caller?.your_roles.includes("admin");
    return html`
      <h1 tabindex="-1">Nodes</h1>
      ${trouble(this.failure)}
      ${this.nodes ? nothing : busy("Reading nodes…")}
      ${this.nodes?.length === 0
        ? html`<section class="card">${empty(
            "No node has come yet",
            "On a machine that shall work for this broker:",
            command(`sandrun node --broker ${location.origin}`),
          )}</section>`
        : nothing}
      ${repeat(
        this.nodes ?? [],
        (node) => node.id,
        (node) => html`<sandrun-node .node=${node} .load=${loadOf(node)} .mayChange=${mayChange}
          @change-node=${this.#change}></sandrun-node>`,
      )}
    `;
  }
}

/** Jobs that it had in each of the last seconds; empty where samples do not tell of it. */
function loadOf(node) {
  const isTold = live.latest && node.id in live.latest.running_by_node;
  return isTold ? live.samples.map((sample) => sample.running_by_node[node.id] ?? 0) : [];
}

customElements.define("sandrun-nodes", Nodes);

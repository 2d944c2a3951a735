import { html, nothing } from "lit";
import { get } from "../core/api.js";
import { Part } from "../core/part.js";
import { link } from "../core/router.js";
import { count, plain, short } from "../core/text.js";
import { busy, command, empty, trouble } from "../parts/pieces.js";

const onNodes = (nodes) => `on ${count(nodes)} ${nodes === 1 ? "node" : "nodes"}`;

/** Tool chains that are ready on nodes, and what is in them. */
class Environments extends Part {
  static properties = { found: { state: true }, failure: { state: true } };

  connectedCallback() {
    super.connectedCallback();
    this.#load();
  }

  async #load() {
    try {
      this.found = await get("/environments");
    } catch (failure) {
      this.failure = failure;
    }
  }

  render() {
    return html`
      <h1 tabindex="-1">Environments</h1>
      ${trouble(this.failure)}
      ${this.found ? this.#all() : this.failure ? nothing : busy("Reading environments…")}
    `;
  }

  #all() {
    const { environments, stats } = this.found;
    if (environments.length === 0) {
      return html`<section class="card">${empty(
        "No node has an environment ready",
        "An environment is an interpreter with packages, prepared on a node so that jobs need not wait for it.",
        command("sandrun env list"),
      )}</section>`;
    }
    return html`
      <p class="soft">
        ${count(environments.length)} environments, ready ${count(stats.cached_environments)} times on nodes; jobs have
        used them ${count(stats.total_uses)} times since the broker started.
      </p>
      ${environments.map((one) => this.#one(one))}
    `;
  }

  #one(environment) {
    return html`
      <section class="card">
        <header>
          <h2>${short(environment.name)}</h2>
          <span class="soft">
            ${short(environment.interpreter)} ${short(environment.variants[0]?.interpreter_version ?? "")}
            ${onNodes(environment.nodes)}
          </span>
          <a role="button" class="quiet small" href=${link("playground", null, { environment: environment.name })}>
            Try it<span class="visually-hidden">: ${short(environment.name)}</span>
          </a>
        </header>
        ${environment.variants.map((variant) => this.#variant(variant, environment.variants.length > 1))}
      </section>
    `;
  }

  #variant(variant, isOneOfSeveral) {
    const packages = Object.entries(variant.packages);
    return html`
      ${isOneOfSeveral
        ? html`<h3>${onNodes(variant.nodes)}: <span class="id">${short(variant.digest, 24)}</span></h3>`
        : nothing}
      ${packages.length === 0
        ? html`<p class="soft">Nothing beside the interpreter.</p>`
        : html`<p class="chips">
            ${packages.map(([name, version]) => html`<span class="chip">${plain(`${name} ${version}`.trim())}</span>`)}
          </p>`}
    `;
  }
}

customElements.define("sandrun-environments", Environments);

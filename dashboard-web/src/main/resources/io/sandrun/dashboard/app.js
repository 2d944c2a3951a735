import { html, nothing } from "lit";
import { gate, get } from "./core/api.js";
import { live } from "./core/live.js";
import { Part } from "./core/part.js";
import { here, link } from "./core/router.js";
import { forget, key } from "./core/session.js";
import { theme } from "./core/theme.js";
import { busy, trouble } from "./parts/pieces.js";
import "./parts/question.js";
import "./pages/login.js";

/** Each page's title, and its module, which is loaded when the page is first looked at. */
const PAGES = {
  overview: { title: "Overview", load: () => import("./pages/overview.js") },
  jobs: { title: "Jobs", load: () => import("./pages/jobs.js") },
  nodes: { title: "Nodes", load: () => import("./pages/nodes.js") },
  environments: { title: "Environments", load: () => import("./pages/environments.js") },
  playground: { title: "Playground", load: () => import("./pages/playground.js") },
  keys: { title: "Keys", load: () => import("./pages/keys.js") },
};

const JOB = { title: "Job", load: () => import("./pages/job.js") };

/** The frame around all pages: who looks, where one is, and whether what is shown is live. */
class App extends Part {
  static properties = {
    place: { state: true },
    shown: { state: true },
    caller: { state: true },
    isLocked: { state: true },
    failure: { state: true },
  };

  constructor() {
    super();
    this.place = here();
    this.listen(window, "hashchange", () => this.#moved());
    this.listen(gate, "locked", () => this.#lock());
    this.listen(live, "status", () => this.requestUpdate());
    this.listen(theme, "change", () => this.requestUpdate());
    this.#enter();
  }

  async #enter() {
    this.failure = null;
    try {
      this.caller = await get("/stats");
      this.isLocked = false;
      live.start();
      await this.#load();
    } catch (failure) {
      if (!this.isLocked) this.failure = failure;
    }
  }

  #lock() {
    live.stop();
    this.isLocked = true;
    this.caller = null;
  }

  #leave() {
    forget();
    this.#lock();
    this.#enter();
  }

  get #page() {
    return this.place.page === "jobs" && this.place.id ? JOB : PAGES[this.place.page] ?? PAGES.overview;
  }

  async #moved() {
    this.place = here();
    if (this.caller) await this.#load();
    await this.updateComplete;
    this.querySelector("h1")?.focus();
    scrollTo(0, 0);
  }

  async #load() {
    const { place } = this;
    const page = this.#page;
    await page.load();
    if (place !== this.place) return;
    document.title = `${page.title} – Sandrun`;
    this.shown = { page, place };
    await this.updateComplete;
  }

  render() {
    return html`
      <a class="skip" href="#main" @click=${this.#skip}>Skip to content</a>
      <header class="top">
        <a class="brand" href="#/overview"><img src="/dashboard/icon.svg" alt="" width="24" height="24">Sandrun</a>
        ${this.caller ? this.#navigation() : nothing}
        <div class="tools">${this.#tools()}</div>
      </header>
      <main id="main" tabindex="-1">${this.#content()}</main>
      <sandrun-question></sandrun-question>
    `;
  }

  #skip(event) {
    event.preventDefault();
    this.querySelector("#main").focus();
  }

  #navigation() {
    return html`
      <nav aria-label="Pages">
        ${Object.entries(PAGES).map(
          ([name, page]) =>
            html`<a href=${link(name)} aria-current=${this.place.page === name ? "page" : nothing}>${page.title}</a>`,
        )}
      </nav>
    `;
  }

  #tools() {
    const isLive = live.isLive;
    return html`
      ${this.caller
        ? html`<span class="live" data-live=${isLive} role="status">${isLive ? "live" : "reconnecting"}</span>`
        : nothing}
      <button class="quiet small" @click=${() => theme.next()} title="Colours: as the system has it, light, or dark">
        <span class="visually-hidden">Colours: </span>${theme.chosen}
      </button>
      ${key() && this.caller ? html`<button class="quiet small" @click=${this.#leave}>Sign out</button>` : nothing}
    `;
  }

  #content() {
    if (this.isLocked) return html`<sandrun-login @entered=${this.#enter}></sandrun-login>`;
    if (this.failure) {
      return html`${trouble(this.failure)}<p><button class="small" @click=${this.#enter}>Try again</button></p>`;
    }
    if (!this.caller || !this.shown) return busy("Asking the broker…");
    return this.#show();
  }

  #show() {
    const { page, place } = this.shown;
    const { id, parameters } = place;
    switch (page) {
      case JOB:
        return html`<sandrun-job .jobId=${id}></sandrun-job>`;
      case PAGES.jobs:
        return html`<sandrun-jobs .parameters=${parameters}></sandrun-jobs>`;
      case PAGES.nodes:
        return html`<sandrun-nodes .caller=${this.caller}></sandrun-nodes>`;
      case PAGES.environments:
        return html`<sandrun-environments></sandrun-environments>`;
      case PAGES.playground:
        return html`<sandrun-playground .parameters=${parameters}></sandrun-playground>`;
      case PAGES.keys:
        return html`<sandrun-keys .caller=${this.caller} @entered=${this.#enter}></sandrun-keys>`;
      default:
        return html`<sandrun-overview></sandrun-overview>`;
    }
  }
}

customElements.define("sandrun-app", App);

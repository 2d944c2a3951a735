import { html, nothing } from "lit";
import { get, path, post, remove } from "../core/api.js";
import { Part } from "../core/part.js";
import { keep, key } from "../core/session.js";
import { ago, bytes, count, moment, short } from "../core/text.js";
import { badge, busy, card, command, empty, fact, trouble } from "../parts/pieces.js";
import { sure } from "../parts/question.js";
import "./key-form.js";
import "./quota-form.js";

/** Stands for no limit in what older clients read. */
const NO_LIMIT = 2_147_483_647;

const whole = (value) => count(Math.round(value));

/** What the caller may have; for administrators, who may do what. */
class Keys extends Part {
  static properties = {
    caller: { attribute: false },
    keys: { state: true },
    made: { state: true },
    edited: { state: true },
    failure: { state: true },
  };

  connectedCallback() {
    super.connectedCallback();
    this.#load();
  }

  get #isAdmin() {
    return this.caller?.your_roles.includes("admin");
  }

  async #load() {
    try {
      this.stats = await get("/stats");
      this.keys = this.#isAdmin ? (await get("/keys")).keys : [];
      this.failure = null;
    } catch (failure) {
      this.failure = failure;
    }
    this.requestUpdate();
  }

  async #make({ detail }) {
    const isFirst = this.keys.length === 0;
    if (isFirst && detail.role !== "admin") {
      this.failure = new Error("Make an admin key first: from the first key on, nobody gets in without one.");
      return;
    }
    try {
      this.made = await post("/keys", detail);
      // From now on this page needs one as well.
      if (isFirst && !key()) {
        keep(this.made.key);
        this.dispatchEvent(new Event("entered"));
      }
      await this.#load();
    } catch (failure) {
      this.failure = failure;
    }
  }

  async #revoke(one) {
    const text = `Revoke the key ${short(one.name) || one.id}? Whatever goes on under it ends at once.`;
    if (!(await sure(text, "Revoke"))) return;
    try {
      await remove(path("keys", one.id));
      await this.#load();
    } catch (failure) {
      this.failure = failure;
    }
  }

  async #limit({ detail }) {
    try {
      await post(path("keys", this.edited.id, "quota"), detail);
      this.edited = null;
      await this.#load();
    } catch (failure) {
      this.failure = failure;
    }
  }

  render() {
    return html`
      <h1 tabindex="-1">Keys and quotas</h1>
      ${trouble(this.failure)}
      ${this.stats ? this.#quota(this.stats.your_quota) : nothing}
      ${this.#isAdmin ? this.#administration() : nothing}
    `;
  }

  #quota(quota) {
    const of = (used, limit, show = count) =>
      limit && limit !== NO_LIMIT ? `${show(used)} of ${show(limit)}` : `${show(used)}, no limit`;
    return card(
      "What you have",
      html`
        <dl class="facts">
          ${fact("you are", this.caller.your_key ?? "on the broker's machine")}
          ${fact("role", this.caller.your_roles.join(", "))}
          ${fact("jobs at once", of(quota.active_jobs, quota.concurrent_jobs_limit))}
          ${fact("jobs this hour", of(quota.used, quota.limit))}
          ${fact("CPU seconds this minute", of(quota.cpu_seconds, quota.cpu_seconds_limit, whole))}
          ${fact("stored", of(quota.stored_bytes, quota.stored_bytes_limit, bytes))}
        </dl>
        ${quota.can_submit ? nothing : html`<p class="trouble">${quota.reason}</p>`}
      `,
    );
  }

  #administration() {
    return html`
      ${this.made ? this.#shown() : nothing}
      ${card("New key", html`<sandrun-key-form @make=${this.#make}></sandrun-key-form>`)}
      ${this.edited
        ? card(
            `Limits of ${short(this.edited.name) || this.edited.id}`,
            html`<sandrun-quota-form .limits=${this.edited} @limit=${this.#limit}
              @leave=${() => (this.edited = null)}></sandrun-quota-form>`,
          )
        : nothing}
      <section class="card flush">
        <header><h2>Keys</h2></header>
        ${this.keys ? this.#list() : busy("Reading keys…")}
      </section>
    `;
  }

  #shown() {
    return html`
      <section class="card notice" data-state="completed" role="status">
        <h2>Key ${this.made.id}</h2>
        <p>Copy it now: it is shown this once.</p>
        ${command(this.made.key)}
        <button class="quiet small" @click=${() => navigator.clipboard?.writeText(this.made.key)}>Copy</button>
        <button class="quiet small" @click=${() => (this.made = null)}>Done</button>
      </section>
    `;
  }

  #list() {
    if (this.keys.length === 0) {
      return empty(
        "There is no key",
        "This broker serves its own machine only, and whoever is on it may do everything.",
        "Make an admin key above. From then on every request shows one, those of this page too.",
      );
    }
    return html`
      <div class="scroll" tabindex="0" role="region" aria-label="Keys">
        <table class="dense">
          <thead>
            <tr>
              <th scope="col">State</th><th scope="col">Name</th><th scope="col">Role</th><th scope="col">Key</th>
              <th scope="col">Made</th><th scope="col">Ends</th>
              <th scope="col"><span class="visually-hidden">Do</span></th>
            </tr>
          </thead>
          <tbody>${this.keys.map((one) => this.#row(one))}</tbody>
        </table>
      </div>
    `;
  }

  #row(one) {
    return html`
      <tr>
        <td>${badge(one.state)}</td>
        <td>${short(one.name) || html`<span class="soft">–</span>`}</td>
        <td>${one.role}${one.for ? html` <span class="soft">of ${one.for}</span>` : nothing}</td>
        <td class="id">${one.id}</td>
        <td title=${moment(one.created_at)}>${ago(one.created_at)}</td>
        <td>${one.expires_at ? moment(one.expires_at) : "never"}</td>
        <td>
          ${one.state === "active"
            ? html`<div class="actions">
                <button class="quiet small" @click=${() => (this.edited = one)}>
                  Limits<span class="visually-hidden"> of ${one.id}</span>
                </button>
                <button class="quiet small" @click=${() => this.#revoke(one)}>
                  Revoke<span class="visually-hidden"> ${one.id}</span>
                </button>
              </div>`
            : nothing}
        </td>
      </tr>
    `;
  }
}

customElements.define("sandrun-keys", Keys);

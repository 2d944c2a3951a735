import { html } from "lit";
import { Part } from "../core/part.js";

const MIB = 1024 * 1024;

/** Limits of one key; what is left empty is as the broker has it for all, 0 is none. Tells `limit` and `leave`. */
class QuotaForm extends Part {
  static properties = { limits: { attribute: false } };

  render() {
    const { limits } = this;
    const { stored_bytes: stored } = limits;
    const number = (name, label, value, step = 1) => html`
      <label>
        <span>${label}</span>
        <input name=${name} type="number" min="0" step=${step} .value=${value ?? ""} placeholder="as usual">
      </label>
    `;
    return html`
      <form class="filters" @submit=${this.#limit}>
        ${number("concurrent_jobs", "Jobs at once", limits.concurrent_jobs)}
        ${number("jobs_per_hour", "Jobs an hour", limits.jobs_per_hour)}
        ${number("cpu_seconds_per_minute", "CPU seconds a minute", limits.cpu_seconds_per_minute, "any")}
        ${number("stored_mb", "Stored MiB", stored === null ? null : Math.ceil(stored / MIB))}
        <button>Set</button>
        <button type="button" class="quiet" @click=${() => this.dispatchEvent(new Event("leave"))}>Leave</button>
      </form>
      <p class="soft">Empty is as the broker has it for everybody; 0 is no limit.</p>
    `;
  }

  #limit(event) {
    event.preventDefault();
    const wish = {};
    for (const { name, value } of event.target.elements) {
      if (name && value !== "") wish[name] = Number(value);
    }
    if ("stored_mb" in wish) {
      wish.stored_bytes = wish.stored_mb * MIB;
      delete wish.stored_mb;
    }
    this.dispatchEvent(new CustomEvent("limit", { detail: wish }));
  }
}

customElements.define("sandrun-quota-form", QuotaForm);

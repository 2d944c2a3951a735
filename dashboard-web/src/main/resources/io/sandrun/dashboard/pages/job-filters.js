import { html } from "lit";
import { live as alive } from "lit/directives/live.js";
import { Part } from "../core/part.js";
import { STATES } from "../core/states.js";
import { words } from "../core/text.js";

/** Parameters of the list that can be chosen here. */
export const FILTERS = ["state", "code", "interpreter", "environment", "label", "id", "node"];

const CODES = [
  "exit_nonzero", "signalled", "timed_out", "out_of_memory", "output_limit", "disk_limit", "process_limit",
  "node_lost", "install_failed", "sandbox_error", "invalid_input", "verification_failed",
];
const INTERPRETERS = ["python3", "node", "bash", "sh", "ruby", "perl", "Rscript", "java"];

/** What the list shall have. Tells with an event `chosen` when something else is wanted. */
class JobFilters extends Part {
  /** The list comes anew all the time, and must not take away what is being typed. */
  static properties = {
    filters: { attribute: false, hasChanged: (now, before) => JSON.stringify(now) !== JSON.stringify(before) },
  };

  render() {
    return html`
      <form class="filters" aria-label="Filters" @submit=${this.#choose} @change=${this.#choose}>
        ${this.#choice("state", "State", "any state", STATES)}
        ${this.#choice("code", "Failed as", "any outcome", CODES)}
        ${this.#choice("interpreter", "Interpreter", "any interpreter", INTERPRETERS)}
        ${this.#text("environment", "Environment", "ml-basic")}
        ${this.#text("label", "Label", "key=value")}
        ${this.#text("id", "Job id", "pool-…")}
        <button class="quiet" type="button" @click=${this.#clear}>Clear</button>
      </form>
    `;
  }

  #choice(name, label, none, options) {
    return html`
      <label>
        <span>${label}</span>
        <select name=${name} .value=${alive(this.filters[name])}>
          <option value="">${none}</option>
          ${options.map(
            (option) =>
              html`<option value=${option} ?selected=${this.filters[name] === option}>${words(option)}</option>`,
          )}
        </select>
      </label>
    `;
  }

  #text(name, label, example) {
    return html`
      <label>
        <span>${label}</span>
        <input type="search" name=${name} placeholder=${example} .value=${alive(this.filters[name])}
          autocomplete="off" spellcheck="false">
      </label>
    `;
  }

  #choose(event) {
    event.preventDefault();
    const form = this.querySelector("form");
    const chosen = { ...this.filters };
    for (const name of FILTERS) {
      if (form.elements[name]) chosen[name] = form.elements[name].value.trim();
    }
    // A way of failing is a state of its own.
    if (event.target.name === "code" && chosen.code) chosen.state = "";
    if (event.target.name === "state" && chosen.state !== "failed") chosen.code = "";
    this.dispatchEvent(new CustomEvent("chosen", { detail: chosen }));
  }

  #clear() {
    this.dispatchEvent(new CustomEvent("chosen", { detail: {} }));
  }
}

customElements.define("sandrun-job-filters", JobFilters);

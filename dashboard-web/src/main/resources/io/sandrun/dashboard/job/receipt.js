import { html, nothing } from "lit";
import { ask, path } from "../core/api.js";
import { Part } from "../core/part.js";
import { plain, words } from "../core/text.js";
import { busy, card, command, fact, trouble } from "../parts/pieces.js";
import { canCheck, check } from "../receipt/check.js";
import { save } from "./save.js";

/** A larger one is checked by the command line. */
const RECEIPT_BYTES = 8 * 1024 * 1024;

/** What the node signed about the job, and whether that holds: found out here, not asked of the broker. */
class Receipt extends Part {
  /** `about`: the job that it must be about, of a verified one the copy that was believed. */
  static properties = { jobId: {}, about: {}, found: { state: true }, failure: { state: true } };

  willUpdate(changed) {
    if (changed.has("jobId")) this.#load();
  }

  async #load() {
    this.found = null;
    this.failure = null;
    try {
      const text = await (await ask(path("receipts", this.jobId))).text();
      if (text.length > RECEIPT_BYTES) throw new Error("This receipt is too long for a page.");
      const receipt = JSON.parse(text);
      const isAble = await canCheck();
      const faults = isAble ? (await check(text)).faults : null;
      this.found = { receipt, faults };
    } catch (failure) {
      this.failure = failure;
    }
  }

  render() {
    return card("Receipt", this.#content(), this.found ? this.#actions() : nothing);
  }

  #actions() {
    return html`<button class="quiet small" @click=${() => save(path("receipts", this.jobId), `${this.jobId}.json`, 0)}>
      Save
    </button>`;
  }

  #content() {
    if (this.failure?.code === "no_receipt") return html`<p class="soft">${plain(this.failure.message)}</p>`;
    if (this.failure) return trouble(this.failure);
    if (!this.found) return busy("Checking the node's signature…");
    const { receipt } = this.found;
    return html`
      ${this.#verdict(this.found)}
      <dl class="facts">
        ${fact("signed by", html`<span class="id">${plain(receipt.worker_id)}</span>`)}
        ${fact("outcome", words(receipt.outcome))}
        ${fact("interpreter", plain(`${receipt.interpreter} ${receipt.interpreter_version ?? ""}`))}
        ${fact("outputs", receipt.outputs.length)}
        ${fact("output hash", html`<span class="id">${plain(receipt.output_hash)}</span>`)}
      </dl>
    `;
  }

  #verdict({ receipt, faults }) {
    if (faults === null) {
      return html`
        <p class="verdict" data-verdict="unknown">
          Not checked: this browser has no Ed25519 here. It has over TLS and on the broker's own machine; else use
        </p>
        ${command(`sandrun verify ${this.jobId}`)}
      `;
    }
    if (faults.length === 0 && receipt.job_id !== this.about) {
      return html`<p class="verdict" data-verdict="forged" role="alert">
        Of another job: it was signed for ${plain(receipt.job_id)}.
      </p>`;
    }
    return faults.length === 0
      ? html`<p class="verdict" data-verdict="genuine">Genuine: checked in this browser, with the node's key.</p>`
      : html`<p class="verdict" data-verdict="forged" role="alert">
          Not genuine. These fields are not what was signed: ${faults.map(plain).join(", ")}
        </p>`;
  }
}

customElements.define("sandrun-receipt", Receipt);

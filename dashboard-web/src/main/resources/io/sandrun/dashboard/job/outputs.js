import { html, nothing } from "lit";
import { get, path } from "../core/api.js";
import { Part } from "../core/part.js";
import { bytes, plain, short, words } from "../core/text.js";
import { card, trouble } from "../parts/pieces.js";
import { save } from "./save.js";
import { kindOf } from "./kinds.js";
import "./preview.js";

const FILES_SHOWN = 200;

/** The files that a job left: each can be saved, and looked at where that is safe. */
class Outputs extends Part {
  static properties = { jobId: {}, outputs: { state: true }, shown: { state: true }, failure: { state: true } };

  willUpdate(changed) {
    if (changed.has("jobId")) {
      this.shown = null;
      this.#load();
    }
  }

  async #load() {
    try {
      this.outputs = await get(path("outputs", this.jobId));
    } catch (failure) {
      // A verified job is decided first.
      this.failure = failure.code === "not_finished" ? null : failure;
    }
  }

  render() {
    if (this.failure) return card("Outputs", trouble(this.failure));
    if (!this.outputs) return nothing;
    const { file_details: files, left_out: left, left_out_count: leftCount } = this.outputs;
    if (files.length === 0 && leftCount === 0) return nothing;
    const more = files.length - FILES_SHOWN;
    return card(
      "Outputs",
      html`
        ${trouble(this.problem)}
        <ul class="files">
          ${files.slice(0, FILES_SHOWN).map((file) => this.#file(file))}
        </ul>
        ${more > 0 ? html`<p class="soft">and ${more} more: save all of them</p>` : nothing}
        ${leftCount > 0
          ? html`<p class="soft">Not kept: ${left.map(notKept).join(", ")}</p>`
          : nothing}
      `,
      files.length > 1
        ? html`<button class="quiet small" @click=${() => this.#save("", "tar.gz", total(files))}>Save all</button>`
        : nothing,
    );
  }

  #file(file) {
    const isShown = this.shown === file.path;
    const kind = kindOf(file.path);
    return html`
      <li>
        <div class="file">
          <span class="id name">${plain(file.path)}</span>
          <span class="soft">${bytes(file.size_bytes)}</span>
          <span class="actions">
            ${kind
              ? html`<button class="quiet small" aria-expanded=${isShown} @click=${() => this.#toggle(file.path)}>
                  ${isShown ? "Hide" : "Show"}<span class="visually-hidden"> ${plain(file.path)}</span>
                </button>`
              : nothing}
            <button class="quiet small" @click=${() => this.#save(file.path, file.path, file.size_bytes)}>
              Save<span class="visually-hidden"> ${plain(file.path)}</span>
            </button>
          </span>
        </div>
        ${isShown
          ? html`<sandrun-preview .jobId=${this.jobId} .file=${file} .kind=${kind}></sandrun-preview>`
          : nothing}
      </li>
    `;
  }

  #toggle(name) {
    this.shown = this.shown === name ? null : name;
  }

  async #save(name, called, size) {
    const address = path("download", this.jobId, ...name.split("/").filter(Boolean));
    try {
      await save(address, name ? called.split("/").pop() : `${this.jobId}.${called}`, size);
      this.problem = null;
    } catch (failure) {
      this.problem = failure;
    }
    this.requestUpdate();
  }
}

const notKept = (one) => `${short(one.name)} (${words(one.reason)})`;

const total = (files) => files.reduce((sum, file) => sum + file.size_bytes, 0);

customElements.define("sandrun-outputs", Outputs);

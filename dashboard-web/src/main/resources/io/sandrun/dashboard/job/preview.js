import { html, nothing } from "lit";
import { ask, path } from "../core/api.js";
import { Part } from "../core/part.js";
import { bytes, plain, short } from "../core/text.js";
import { busy, trouble } from "../parts/pieces.js";
import { picture } from "./pictures.js";
import { ROWS_MAX, rowsOf } from "./tables.js";

const TEXT_BYTES = 256 * 1024;
const PICTURE_BYTES = 16 * 1024 * 1024;

/**
 * A look at a file. Nothing in it is interpreted: text is shown as text, a page's source too, and a picture is given to
 * the browser only as a raster that its first bytes say it is.
 */
class Preview extends Part {
  static properties = {
    jobId: {},
    file: { attribute: false },
    kind: {},
    content: { state: true },
    failure: { state: true },
  };

  willUpdate(changed) {
    if (changed.has("file")) this.#load();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    if (this.address) URL.revokeObjectURL(this.address);
    this.address = null;
  }

  async #load() {
    const { file, kind } = this;
    try {
      const isPicture = kind === "image";
      if (isPicture && file.size_bytes > PICTURE_BYTES) {
        throw new Error(`Pictures are shown up to ${bytes(PICTURE_BYTES)}: save this one.`);
      }
      const most = isPicture ? PICTURE_BYTES : TEXT_BYTES;
      const headers = file.size_bytes > most ? { Range: `bytes=0-${most - 1}` } : {};
      const answer = await ask(path("outputs", this.jobId, ...file.path.split("/")), { headers });
      const all = new Uint8Array(await answer.arrayBuffer());
      this.content = isPicture ? this.#picture(all) : new TextDecoder().decode(all.subarray(0, TEXT_BYTES));
    } catch (failure) {
      this.failure = failure;
    }
  }

  #picture(all) {
    const found = picture(all);
    if (!found) throw new Error("This is no picture that can be shown here: save it to look at it.");
    this.address = URL.createObjectURL(new Blob([all], { type: found.type }));
    return found;
  }

  render() {
    if (this.failure) return trouble(this.failure);
    if (!this.content) return this.content === "" ? html`<p class="soft">The file is empty.</p>` : busy("Reading…");
    return html`
      <div class="preview">${this.#look()}</div>
      ${this.kind !== "image" && this.file.size_bytes > TEXT_BYTES
        ? html`<p class="soft">The first ${bytes(TEXT_BYTES)} of ${bytes(this.file.size_bytes)}.</p>`
        : nothing}
    `;
  }

  #look() {
    const name = plain(this.file.path);
    switch (this.kind) {
      case "image":
        return html`<img src=${this.address} alt=${name} width=${this.content.width} height=${this.content.height}>`;
      case "csv":
        return this.#table(rowsOf(this.content, this.file.path.endsWith(".tsv") ? "\t" : ","));
      case "json":
        return this.#text(indented(this.content));
      default:
        return this.#text(this.content);
    }
  }

  #text(text) {
    const name = plain(this.file.path);
    return html`<pre class="listing" tabindex="0" aria-label=${name}><code>${plain(text)}</code></pre>`;
  }

  #table([head = [], ...rows]) {
    return html`
      <div class="scroll" tabindex="0" role="region" aria-label=${plain(this.file.path)}>
        <table class="dense">
          <thead><tr>${head.map((cell) => html`<th scope="col">${short(cell, 200)}</th>`)}</tr></thead>
          <tbody>
            ${rows.slice(0, ROWS_MAX).map(rowOf)}
          </tbody>
        </table>
      </div>
    `;
  }
}

const rowOf = (row) => html`<tr>${row.map((cell) => html`<td>${short(cell, 200)}</td>`)}</tr>`;

/** As it is, if it is no JSON after all, or cut. */
function indented(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

customElements.define("sandrun-preview", Preview);

import { html, nothing } from "lit";
import { Part } from "../core/part.js";
import { bytes, duration, plain, short } from "../core/text.js";
import { card, fact } from "../parts/pieces.js";

/** Of a program's text, characters that are shown. */
const CODE_SHOWN = 100_000;
const FILES_SHOWN = 100;

/** What was asked for. */
class Manifest extends Part {
  static properties = { manifest: { attribute: false } };

  render() {
    return card("Manifest", html`${this.#facts()} ${this.#files()} ${this.#code()}`);
  }

  #facts() {
    const { limits, needs, files, ...rest } = this.manifest;
    const asked = [
      ["entrypoint", files.entrypoint && short(files.entrypoint)],
      ["requirements", files.requirements && short(`${files.requirements.installer}: ${files.requirements.path}`)],
      ["environment", needs.environment],
      ["interpreter version", needs.interpreter_version],
      ["arguments", rest.args.length ? short(rest.args.join(" "), 200) : null],
      ["variables", rest.env_names.length ? short(rest.env_names.join(", "), 200) : null],
      ["standard input", rest.stdin_bytes ? bytes(rest.stdin_bytes) : null],
      ["outputs", files.outputs.length ? short(files.outputs.join(", "), 200) : null],
      ["labels", Object.keys(needs.labels).length ? short(pairs(needs.labels), 200) : null],
      ["requires", needs.requires && short(needs.requires, 200)],
      ["isolation", needs.isolation.length ? needs.isolation.join(", ") : null],
      ["GPUs", needs.gpu.count || null],
      ["only on node", needs.node],
      ["priority", rest.priority || null],
      ["retries", rest.retries || null],
      ["verify", rest.verify && `${rest.verify.replicas} replicas, quorum ${rest.verify.quorum}`],
    ].filter(([, value]) => value);
    return html`
      <dl class="facts">
        ${fact("interpreter", rest.interpreter)}
        ${fact("time", duration(limits.timeout * 1000))}
        ${fact("memory", `${limits.memory_mb} MiB`)}
        ${fact("disk", `${limits.disk_mb} MiB`)}
        ${fact("processes", limits.processes)}
        ${asked.map(([name, value]) => fact(name, value))}
      </dl>
    `;
  }

  #files() {
    const { inputs } = this.manifest.files;
    if (inputs.length === 0) return nothing;
    const more = inputs.length - FILES_SHOWN;
    return html`
      <h3>Files</h3>
      <ul class="plain-list">
        ${inputs.slice(0, FILES_SHOWN).map(
          (input) => html`<li>
            <span class="id">${input.path ? short(input.path, 200) : `archive ${input.sha256.slice(0, 12)}…`}</span>
            <span class="soft">${bytes(input.size_bytes)}</span>
          </li>`,
        )}
      </ul>
      ${more > 0 ? html`<p class="soft">and ${more} more</p>` : nothing}
    `;
  }

  #code() {
    const { code } = this.manifest;
    if (code === null) return nothing;
    const shown = plain(code.slice(0, CODE_SHOWN));
    const more = code.length - CODE_SHOWN;
    return html`
      <details>
        <summary>Program, ${bytes(new Blob([code]).size)}</summary>
        <pre class="listing" tabindex="0" aria-label="Program"><code>${shown}</code></pre>
        ${more > 0 ? html`<p class="soft">and ${more} characters more</p>` : nothing}
      </details>
    `;
  }
}

const pairs = (map) =>
  Object.entries(map)
    .map(([name, value]) => `${name}=${value}`)
    .join(", ");

customElements.define("sandrun-manifest", Manifest);

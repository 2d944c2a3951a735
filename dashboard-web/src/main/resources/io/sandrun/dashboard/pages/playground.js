import { html, nothing } from "lit";
import { get, postForm } from "../core/api.js";
import { Part } from "../core/part.js";
import { link } from "../core/router.js";
import { bytes, short } from "../core/text.js";
import { card, trouble } from "../parts/pieces.js";
import "../parts/code-editor.js";
import "../parts/run-view.js";
import { EXAMPLES, NAMES } from "./programs.js";

/** What was written stays while one looks at other pages. */
const draft = { interpreter: "python3", environment: "", code: null, args: "", stdin: "", files: [], jobId: null };

/** Write a program, run it, and watch it. */
class Playground extends Part {
  static properties = {
    parameters: { attribute: false },
    environments: { state: true },
    failure: { state: true },
    isBusy: { state: true },
  };

  connectedCallback() {
    super.connectedCallback();
    const wanted = this.parameters?.get("environment");
    if (wanted) draft.environment = wanted;
    this.#load();
  }

  async #load() {
    try {
      this.environments = (await get("/environments")).environments;
      const chosen = this.environments.find((one) => one.name === draft.environment);
      if (chosen) this.#speak(chosen.interpreter);
    } catch (failure) {
      this.failure = failure;
    }
  }

  /** An example gives way to that of another language; what was written does not. */
  #speak(interpreter) {
    if (draft.code === EXAMPLES[draft.interpreter]) draft.code = null;
    draft.interpreter = interpreter;
    this.requestUpdate();
  }

  render() {
    const code = (draft.code ??= EXAMPLES[draft.interpreter]);
    return html`
      <h1 tabindex="-1">Playground</h1>
      ${trouble(this.failure)}
      <div class="playground">
        <section class="card flush editor-card">
          <header>
            <h2 id="program">Program</h2>
            <div class="actions">
              ${this.#interpreters()} ${this.#environments()}
              <button class="small" @click=${this.#run} aria-busy=${this.isBusy ? "true" : "false"}
                ?disabled=${this.isBusy} title="Ctrl+Enter">Run</button>
            </div>
          </header>
          <sandrun-code-editor .text=${code} .language=${draft.interpreter} @written=${this.#written}
            @run=${this.#run}></sandrun-code-editor>
        </section>
        ${card("With it", this.#beside())}
      </div>
      ${draft.jobId ? html`<sandrun-run .jobId=${draft.jobId}></sandrun-run>` : nothing}
    `;
  }

  #interpreters() {
    return html`
      <select aria-label="Interpreter" @change=${(event) => this.#changed(event)}>
        ${Object.keys(NAMES).map(
          (name) => html`<option value=${name} ?selected=${draft.interpreter === name}>${name}</option>`,
        )}
      </select>
    `;
  }

  #changed(event) {
    draft.environment = "";
    this.#speak(event.target.value);
  }

  #environments() {
    const fitting = (this.environments ?? []).filter((one) => one.interpreter === draft.interpreter);
    return html`
      <select aria-label="Environment" @change=${(event) => (draft.environment = event.target.value)}>
        <option value="">no environment</option>
        ${fitting.map(
          (one) =>
            html`<option value=${one.name} ?selected=${draft.environment === one.name}>${short(one.name)}</option>`,
        )}
      </select>
    `;
  }

  #beside() {
    return html`
      <label>Arguments
        <input .value=${draft.args} placeholder="one two" autocomplete="off" spellcheck="false"
          @input=${(event) => (draft.args = event.target.value)}>
      </label>
      <label>Standard input
        <textarea rows="2" .value=${draft.stdin} spellcheck="false"
          @input=${(event) => (draft.stdin = event.target.value)}></textarea>
      </label>
      <label>Files beside the program
        <input type="file" multiple @change=${this.#picked}>
      </label>
      ${draft.files.length
        ? html`<ul class="plain-list">
            ${draft.files.map(
              (file) => html`<li>
                <span class="id">${short(file.name)}</span> <span class="soft">${bytes(file.size)}</span>
                <button class="quiet small" @click=${() => this.#drop(file)}>
                  Remove<span class="visually-hidden"> ${short(file.name)}</span>
                </button>
              </li>`,
            )}
          </ul>`
        : html`<p class="soft">Files that the program makes come back with the <a href=${link("jobs")}>job</a>.</p>`}
    `;
  }

  #picked(event) {
    const names = new Set([...event.target.files].map((file) => file.name));
    draft.files = [...draft.files.filter((file) => !names.has(file.name)), ...event.target.files];
    event.target.value = "";
    this.requestUpdate();
  }

  #drop(file) {
    draft.files = draft.files.filter((one) => one !== file);
    this.requestUpdate();
  }

  #written(event) {
    draft.code = event.detail;
  }

  async #run() {
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      draft.jobId = (await this.#submit()).job_id;
      this.failure = null;
    } catch (failure) {
      this.failure = failure;
    } finally {
      this.isBusy = false;
    }
    await this.updateComplete;
    this.querySelector("sandrun-run")?.scrollIntoView({ behavior: "smooth", block: "nearest" });
  }

  /** As a project, of which the files that it makes are kept. */
  #submit() {
    const { interpreter, environment, code, stdin, files } = draft;
    const terms = { interpreter, args: draft.args.split(/\s+/).filter(Boolean), stdin };
    if (environment) terms.environment = environment;
    if (code.trim() === "") throw new Error("There is nothing to run yet: write a program first.");
    const form = new FormData();
    form.append("manifest", JSON.stringify({ ...terms, entrypoint: NAMES[interpreter] }));
    form.append("files", new File([code], NAMES[interpreter]));
    for (const file of files) form.append("files", file, file.name);
    return postForm("/submit", form);
  }
}

customElements.define("sandrun-playground", Playground);

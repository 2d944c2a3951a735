import { html } from "lit";
import { Part } from "../core/part.js";
import { names } from "../core/names.js";
import { duration, moment, plain, words } from "../core/text.js";
import { nodeLink } from "../parts/pieces.js";

/** Each try of a job. */
class Attempts extends Part {
  static properties = { attempts: { attribute: false } };

  constructor() {
    super();
    this.listen(names, "change", () => this.requestUpdate());
  }

  render() {
    if (this.attempts.length === 0) return html`<p class="soft">No node has had it yet.</p>`;
    return html`
      <div class="scroll" tabindex="0" role="region" aria-label="Attempts">
        <table class="dense">
          <thead>
            <tr>
              <th scope="col">No.</th>
              <th scope="col">Outcome</th>
              <th scope="col">Node</th>
              <th scope="col">Assigned</th>
              <th scope="col" class="number">Held for</th>
              <th scope="col">Reason</th>
            </tr>
          </thead>
          <tbody>
            ${this.attempts.map((attempt) => this.#row(attempt))}
          </tbody>
        </table>
      </div>
    `;
  }

  #row(attempt) {
    const { ended_at: end, assigned_at: begin } = attempt;
    const outcome = attempt.code ? words(attempt.code) : end ? "given back" : "goes on";
    return html`
      <tr>
        <td>${attempt.number}</td>
        <td>${outcome}</td>
        <td>${nodeLink(attempt.node_id)}</td>
        <td>${moment(begin)}</td>
        <td class="number">${end ? duration((end - begin) * 1000) : "–"}</td>
        <td class="reason">${plain(attempt.reason) || "–"}</td>
      </tr>
    `;
  }
}

customElements.define("sandrun-attempts", Attempts);

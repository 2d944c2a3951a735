import { html } from "lit";
import { Part } from "../core/part.js";
import { link } from "../core/router.js";
import { plain } from "../core/text.js";
import { badge, card } from "../parts/pieces.js";

/** How several nodes' answers to one job were compared. */
class Verification extends Part {
  static properties = { verification: { attribute: false } };

  render() {
    const { quorum, executions, decision, copies } = this.verification;
    return card(
      "Verification",
      html`
        <p>
          ${quorum} nodes must agree; ${executions} were handed it.
          ${decision ? plain(decision.reason ?? "") : "It is not decided yet."}
        </p>
        <ul class="copies">
          ${copies.map((copy) => this.#copy(copy))}
        </ul>
      `,
    );
  }

  #copy(copy) {
    const verdict = copy.agrees === null ? "" : copy.agrees ? "agrees" : "differs";
    return html`
      <li>
        ${badge(copy.state, copy.code)} <a class="id" href=${link("jobs", copy.job_id)}>${copy.job_id}</a>
        <span class="soft">${verdict}</span>
      </li>
    `;
  }
}

customElements.define("sandrun-verification", Verification);

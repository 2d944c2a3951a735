import { html } from "lit";
import { Part } from "../core/part.js";

/** Asks before something that cannot be undone. One stands on the page, see `sure`. */
class Question extends Part {
  static properties = { asked: { state: true } };

  render() {
    const { text = "", action = "" } = this.asked ?? {};
    return html`
      <dialog aria-labelledby="question-text" @close=${this.#closed}>
        <form method="dialog" class="card">
          <p id="question-text">${text}</p>
          <div class="actions">
            <button value="no" class="quiet">Keep</button>
            <button value="yes">${action}</button>
          </div>
        </form>
      </dialog>
    `;
  }

  async ask(text, action) {
    this.asked = { text, action };
    await this.updateComplete;
    const dialog = this.querySelector("dialog");
    dialog.returnValue = "no";
    dialog.showModal();
    return new Promise((resolve) => {
      this.answered = resolve;
    });
  }

  #closed(event) {
    this.answered?.(event.target.returnValue === "yes");
  }
}

customElements.define("sandrun-question", Question);

/** Whether the user wants it, having been asked. */
export const sure = (text, action) => document.querySelector("sandrun-question").ask(text, action);

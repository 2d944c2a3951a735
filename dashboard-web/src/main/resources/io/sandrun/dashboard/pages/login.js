import { html } from "lit";
import { get } from "../core/api.js";
import { Part } from "../core/part.js";
import { forget, keep } from "../core/session.js";
import { command, trouble } from "../parts/pieces.js";

/** Takes an API key. Tells with an event `entered` that the broker has taken it. */
class Login extends Part {
  static properties = { failure: { state: true }, isTrying: { state: true } };

  render() {
    return html`
      <section class="card narrow">
        <h1 tabindex="-1">Sign in</h1>
        <p class="soft">This broker asks for an API key. It stays in this tab, and is gone when you close it.</p>
        <form @submit=${this.#try}>
          <label for="api-key">API key</label>
          <input id="api-key" type="password" required autocomplete="off" spellcheck="false"
            placeholder="sandrun_…" aria-invalid=${this.failure ? "true" : "false"}>
          ${trouble(this.failure)}
          <button aria-busy=${this.isTrying ? "true" : "false"}>Sign in</button>
        </form>
        <p class="soft">You have none? Whoever runs the broker makes one:</p>
        ${command("sandrun key create --role submit --name you")}
      </section>
    `;
  }

  async #try(event) {
    event.preventDefault();
    const written = this.querySelector("#api-key").value.trim();
    this.isTrying = true;
    this.failure = null;
    keep(written);
    try {
      await get("/stats");
      this.dispatchEvent(new Event("entered"));
    } catch (failure) {
      forget();
      this.failure = failure;
    } finally {
      this.isTrying = false;
    }
  }
}

customElements.define("sandrun-login", Login);

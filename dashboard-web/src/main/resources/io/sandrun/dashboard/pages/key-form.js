import { html } from "lit";
import { Part } from "../core/part.js";

const ROLES = {
  submit: "submit: its own jobs",
  read: "read: look at jobs",
  admin: "admin: everything",
  node: "node: work as a node",
};

/** What a new key shall be. Tells with an event `make`. */
class KeyForm extends Part {
  render() {
    return html`
      <form class="filters" @submit=${this.#make}>
        <label><span>Name</span><input name="name" maxlength="200" placeholder="laptop" autocomplete="off"></label>
        <label>
          <span>Role</span>
          <select name="role">
            ${Object.entries(ROLES).map(([role, what]) => html`<option value=${role}>${what}</option>`)}
          </select>
        </label>
        <label>
          <span>Ends after days</span>
          <input name="days" type="number" min="1" max="3650" placeholder="never">
        </label>
        <button>Make key</button>
      </form>
    `;
  }

  #make(event) {
    event.preventDefault();
    const { name, role, days } = event.target.elements;
    const wish = { role: role.value, name: name.value.trim() };
    if (days.value) wish.expires_days = Number(days.value);
    this.dispatchEvent(new CustomEvent("make", { detail: wish }));
    event.target.reset();
  }
}

customElements.define("sandrun-key-form", KeyForm);

/** Light or dark, as the system has it or as was chosen here. Told with an event `change`. */
const NAME = "sandrun.theme";
const ORDER = ["auto", "light", "dark"];

class Theme extends EventTarget {
  constructor() {
    super();
    this.#apply();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#tell());
  }

  get chosen() {
    const kept = localStorage.getItem(NAME);
    return ORDER.includes(kept) ? kept : "auto";
  }

  next() {
    localStorage.setItem(NAME, ORDER[(ORDER.indexOf(this.chosen) + 1) % ORDER.length]);
    this.#apply();
    this.#tell();
  }

  #apply() {
    if (this.chosen === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = this.chosen;
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}

export const theme = new Theme();

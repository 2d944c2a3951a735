import { get } from "./api.js";

/** A node that is not known is asked for again after this time, and not before. */
const PATIENCE_MS = 10_000;

/** What nodes call themselves, by id; told with an event `change` when more are known. */
class Names extends EventTarget {
  #known = new Map();
  #askedAt = -PATIENCE_MS;

  /** The name of a node, or null while it is not known. */
  of(nodeId) {
    if (!this.#known.has(nodeId)) this.#ask();
    return this.#known.get(nodeId) || null;
  }

  async #ask() {
    if (performance.now() - this.#askedAt < PATIENCE_MS) return;
    this.#askedAt = performance.now();
    try {
      for (const node of (await get("/nodes")).nodes) this.#known.set(node.id, node.name);
      this.dispatchEvent(new Event("change"));
    } catch {
      // Ids stand for themselves.
    }
  }
}

export const names = new Names();

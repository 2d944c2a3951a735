import { LitElement } from "lit";

/**
 * A component of the page. It renders into the page itself, so that one set of styles holds for all, and what it shows
 * of jobs and nodes goes in as text: no template here is ever made of what they say.
 */
export class Part extends LitElement {
  createRenderRoot() {
    return this;
  }

  /** Like addEventListener, but only while this is on the page. */
  listen(target, type, listener) {
    (this.listeners ??= []).push([target, type, listener]);
    if (this.isConnected) target.addEventListener(type, listener);
  }

  connectedCallback() {
    super.connectedCallback();
    this.classList.add("part");
    for (const [target, type, listener] of this.listeners ?? []) target.addEventListener(type, listener);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    for (const [target, type, listener] of this.listeners ?? []) target.removeEventListener(type, listener);
  }
}

/** Calls at most once in that many milliseconds, the last time always; `stop` forgets what is still to come. */
export function atMostEvery(ms, action) {
  let timer = null;
  let last = 0;
  const call = () => {
    timer = null;
    last = Date.now();
    action();
  };
  const ask = () => {
    timer ??= setTimeout(call, Math.max(0, last + ms - Date.now()));
  };
  ask.stop = () => {
    clearTimeout(timer);
    timer = null;
  };
  return ask;
}

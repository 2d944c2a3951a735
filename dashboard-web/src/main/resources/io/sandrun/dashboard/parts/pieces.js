import { html, nothing } from "lit";
import { names } from "../core/names.js";
import { link } from "../core/router.js";
import { plain, short, words } from "../core/text.js";

/** A state by word, sign and colour. */
export function badge(state, code = null) {
  const more = code && code !== "ok" && code !== state ? html`<span class="how">${words(code)}</span>` : nothing;
  return html`<span class="state" data-state=${state}><span class="word">${words(state)}</span>${more}</span>`;
}

/** A node by its name, or by the beginning of its id. */
export function nodeLink(nodeId) {
  if (!nodeId) return "–";
  const name = names.of(nodeId);
  const shown = name ? short(name, 30) : html`<span class="id">${short(nodeId, 14)}</span>`;
  return html`<a href=${link("nodes")} title=${short(nodeId)}>${shown}</a>`;
}

/** Nothing is here, and what to do about it. */
export const empty = (title, ...what) => html`
  <div class="empty">
    <h3>${title}</h3>
    ${what.map((one) => html`<div>${one}</div>`)}
  </div>
`;

export const trouble = (failure) =>
  failure ? html`<p class="trouble" role="alert">${plain(failure.message ?? failure)}</p>` : nothing;

export const busy = (what) => html`<p class="busy" aria-busy="true">${what}</p>`;

/** A fact with its name. */
export const fact = (name, value, title = "") =>
  html`<div><dt>${name}</dt><dd title=${title}>${value}</dd></div>`;

export const command = (text) => html`<pre class="command" tabindex="0"><code>${text}</code></pre>`;

/** A card with a heading of its own. */
export const card = (heading, content, extra = nothing) => html`
  <section class="card">
    <header><h2>${heading}</h2>${extra}</header>
    ${content}
  </section>
`;

import { html, svg } from "lit";
import { Part } from "../core/part.js";
import { duration } from "../core/text.js";

const TICK_MS = 500;

/** What goes on from one event to the next. */
const PHASES = {
  submitted: { name: "waiting", colour: "pending" },
  assigned: { name: "preparing", colour: "assigned" },
  prepared: { name: "starting", colour: "assigned" },
  started: { name: "running", colour: "running" },
  ended: { name: "storing", colour: "soft" },
};
const WIDTH = 1000;
const ROW = 30;
const BAR = 18;

/** No phase is so short that it cannot be seen. */
const LEAST = 3;

/** What happened when, as a picture: a line for each attempt, after the wait before it. */
class Timeline extends Part {
  static properties = { status: { attribute: false } };

  connectedCallback() {
    super.connectedCallback();
    this.ticking = setInterval(() => this.status?.completed_at || document.hidden || this.requestUpdate(), TICK_MS);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.ticking);
  }

  render() {
    const phases = phasesOf(this.status);
    const begin = this.status.submitted_at;
    const end = Math.max(begin + 0.001, ...phases.map((phase) => phase.to));
    const rows = Math.max(...phases.map((phase) => phase.row), 0) + 1;
    const at = (time) => ((time - begin) / (end - begin)) * WIDTH;
    const told = phases.map((phase) => `${phase.label} ${duration(phase.ms)}`).join(", ");
    return html`
      <div class="timeline">
        <svg viewBox="0 0 ${WIDTH} ${rows * ROW}" preserveAspectRatio="none" height=${rows * ROW} role="img"
          aria-label=${`In all ${duration((end - begin) * 1000)}: ${told}`}>
          ${phases.map((phase) => bar(phase, at(phase.from), at(phase.to)))}
        </svg>
        <ol class="phases">
          ${phases.map(
            (phase) => html`<li data-colour=${phase.colour}>
              <span>${phase.label}</span> <strong>${duration(phase.ms)}</strong>
            </li>`,
          )}
        </ol>
      </div>
    `;
  }
}

function bar(phase, from, to) {
  const width = Math.max(LEAST, to - from);
  const x = Math.min(from, WIDTH - width);
  return svg`<rect class="bar" data-colour=${phase.colour} x=${x} y=${phase.row * ROW + (ROW - BAR) / 2}
    width=${width} height=${BAR} rx="2"><title>${phase.label}: ${duration(phase.ms)}</title></rect>`;
}

/** One for each two events that follow each other; the last one of a job that goes on lasts until now. */
function phasesOf(status) {
  const events = status.timeline;
  const tries = Math.max(...events.map((event) => event.attempt));
  const phases = [];
  events.forEach((event, index) => {
    const next = events[index + 1];
    const isLast = !next;
    const isOver = Boolean(status.completed_at);
    if (isLast && isOver) return;
    const waits = event.event === "stored";
    const phase = waits ? PHASES.submitted : PHASES[event.event];
    if (!phase) return;
    const from = event.at;
    const to = next ? next.at : Math.max(from, Date.now() / 1000);
    const attempt = waits ? event.attempt + 1 : event.attempt;
    const label = tries > 1 && attempt > 0 ? `${phase.name} (${attempt})` : phase.name;
    phases.push({ ...phase, label, from, to, ms: (to - from) * 1000, row: Math.max(0, attempt - 1) });
  });
  return phases;
}

customElements.define("sandrun-timeline", Timeline);

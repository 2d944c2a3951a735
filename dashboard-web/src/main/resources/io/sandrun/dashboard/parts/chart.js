import { html } from "lit";
import uPlot from "uplot";
import { Part } from "../core/part.js";
import { theme } from "../core/theme.js";

const HEIGHT = 150;
const AXIS_FONT = "11px system-ui, sans-serif";

/**
 * Lines over the last minutes. `lines` are `{name, colour, of, isSparse}`: how each is called, which of the page's
 * colours it has, what it takes of a sample, and whether there often is nothing, so that points must be seen. `show`
 * writes a value of the scale; `now` is told beside the title.
 */
class Chart extends Part {
  static properties = {
    heading: {},
    now: {},
    lines: { attribute: false },
    samples: { attribute: false },
    show: { attribute: false },
  };

  constructor() {
    super();
    this.samples = [];
    this.listen(theme, "change", () => this.#draw());
  }

  render() {
    return html`
      <figure class="card chart">
        <figcaption>
          <span class="name">${this.heading}</span>
          <span class="keys">
            ${this.lines.map((line) => html`<span class="key" data-colour=${line.colour}>${line.name}</span>`)}
          </span>
          <strong>${this.now}</strong>
        </figcaption>
        <div class="plot" role="img" aria-label=${`${this.heading} over the last five minutes, now ${this.now}`}></div>
      </figure>
    `;
  }

  firstUpdated() {
    this.#draw();
    this.resizing = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry.contentRect.width);
      if (this.plot && width > 0 && width !== this.plot.width) this.plot.setSize({ width, height: HEIGHT });
    });
    this.resizing.observe(this.querySelector(".plot"));
  }

  updated(changed) {
    if (changed.has("samples") && this.plot) this.plot.setData(this.#data());
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.resizing?.disconnect();
    this.plot?.destroy();
    this.plot = null;
  }

  #data() {
    return [this.samples.map((sample) => sample.at), ...this.lines.map((line) => this.samples.map(line.of))];
  }

  #draw() {
    const place = this.querySelector(".plot");
    if (!place) return;
    this.plot?.destroy();
    const grid = { stroke: colour(place, "grid"), width: 1 };
    const axis = { stroke: colour(place, "soft"), font: AXIS_FONT, grid, ticks: { show: false } };
    const options = {
      width: Math.max(120, Math.floor(place.clientWidth)),
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      padding: [8, 24, 0, 0],
      scales: { y: { range: (plot, low, high) => [0, Math.max(high * 1.1, 1e-3) || 1] } },
      axes: [
        { ...axis, size: 24, space: 70, values: (plot, splits) => splits.map(clock) },
        { ...axis, size: 52, space: 34, values: (plot, splits) => splits.map((value) => this.show(value)) },
      ],
      series: [
        {},
        ...this.lines.map((line, index) => ({
          label: line.name,
          stroke: colour(place, line.colour),
          width: index === 0 ? 2 : 1.5,
          points: line.isSparse ? { show: true, size: 4, fill: colour(place, line.colour) } : { show: false },
        })),
      ],
    };
    this.plot = new uPlot(options, this.#data(), place);
  }
}

const clock = (seconds) => new Date(seconds * 1000).toLocaleTimeString("sv");

/** What one of the page's colours is now, for what does not read style sheets. */
function colour(beside, name) {
  const probe = document.createElement("span");
  probe.dataset.colour = name;
  probe.className = "probe";
  beside.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

customElements.define("sandrun-chart", Chart);

/**
 * Colours of terminals, and nothing else of what terminals do: of all escape sequences only those that set colours and
 * weight (SGR) have an effect, the others are swallowed. A sequence may be cut anywhere and go on in the next text; one
 * without an end ends with its line.
 */
const SEQUENCE_MAX = 256;

const LINE_END = 0x0a;

/** Roughly what terminals show for their sixteen colours, to find the one that is nearest to any other. */
const PALETTE = [
  [0, 0, 0], [205, 49, 49], [13, 188, 121], [229, 229, 16], [36, 114, 200], [188, 63, 188], [17, 168, 205],
  [229, 229, 229], [102, 102, 102], [241, 76, 76], [35, 209, 139], [245, 245, 67], [59, 142, 234], [214, 112, 214],
  [41, 184, 219], [255, 255, 255],
];

const CUBE = [0, 95, 135, 175, 215, 255];

function nearest(red, green, blue) {
  let best = 7;
  let least = Infinity;
  PALETTE.forEach(([r, g, b], index) => {
    const far = (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2;
    if (far < least) [best, least] = [index, far];
  });
  return best;
}

function of256(number) {
  if (number < 16) return number;
  if (number >= 232) return nearest(...Array(3).fill(8 + (number - 232) * 10));
  const cube = number - 16;
  return nearest(CUBE[Math.floor(cube / 36) % 6], CUBE[Math.floor(cube / 6) % 6], CUBE[cube % 6]);
}

export class Ansi {
  #style = {};
  #mode = "text";
  #sequence = "";

  /** Class names of what comes next. */
  get classes() {
    const { bold, dim, italic, underline, inverse, fore, back } = this.#style;
    const [text, ground] = inverse ? [back ?? "ground", fore ?? "text"] : [fore, back];
    return [
      bold && "bold", dim && "dim", italic && "italic", underline && "underline",
      text !== undefined && `fore-${text}`, ground !== undefined && `back-${ground}`,
    ].filter(Boolean).join(" ");
  }

  /** Calls `write(text, classes)` for each stretch of text in one style. */
  read(text, write) {
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === LINE_END && this.#mode !== "text") {
        this.#mode = "text";
        from = at;
      } else if (this.#mode === "text") {
        if (code !== 0x1b && code !== 0x9b) continue;
        if (at > from) write(text.slice(from, at), this.classes);
        this.#begin(code === 0x9b ? "control" : "escape");
        from = at + 1;
      } else {
        this.#step(text[at], code);
        from = at + 1;
      }
    }
    if (this.#mode === "text" && from < text.length) write(text.slice(from), this.classes);
  }

  #begin(mode) {
    this.#mode = mode;
    this.#sequence = "";
  }

  #step(character, code) {
    if (this.#mode === "escape") {
      if (character === "[") this.#begin("control");
      else if ("]PX^_".includes(character)) this.#begin("string");
      else if (code < 0x20 || code > 0x2f) this.#mode = "text";
    } else if (this.#mode === "control") {
      if (code >= 0x40 && code <= 0x7e) {
        if (character === "m") this.#set(this.#sequence);
        this.#mode = "text";
      } else if (code === 0x1b) {
        this.#begin("escape");
      } else if (this.#sequence.length < SEQUENCE_MAX) {
        this.#sequence += character;
      }
    } else if (code === 0x07 || code === 0x9c) {
      this.#mode = "text";
    } else if (code === 0x1b) {
      this.#begin("escape");
    }
  }

  #set(sequence) {
    const codes = sequence.split(/[;:]/).map((part) => Number(part || 0));
    for (let index = 0; index < codes.length; index++) {
      const code = codes[index];
      if (code === 38 || code === 48) {
        const part = code === 38 ? "fore" : "back";
        if (codes[index + 1] === 5) this.#style[part] = of256(codes[(index += 2)] & 255 || 0);
        else if (codes[index + 1] === 2) {
          this.#style[part] = nearest(...codes.slice(index + 2, index + 5).map((value) => value & 255));
          index += 4;
        }
      } else {
        this.#one(code);
      }
    }
  }

  #one(code) {
    const style = this.#style;
    if (code === 0) this.#style = {};
    else if (code === 1) style.bold = true;
    else if (code === 2) style.dim = true;
    else if (code === 3) style.italic = true;
    else if (code === 4) style.underline = true;
    else if (code === 7) style.inverse = true;
    else if (code === 22) style.bold = style.dim = false;
    else if (code === 23) style.italic = false;
    else if (code === 24) style.underline = false;
    else if (code === 27) style.inverse = false;
    else if (code >= 30 && code <= 37) style.fore = code - 30;
    else if (code === 39) delete style.fore;
    else if (code >= 40 && code <= 47) style.back = code - 40;
    else if (code === 49) delete style.back;
    else if (code >= 90 && code <= 97) style.fore = code - 82;
    else if (code >= 100 && code <= 107) style.back = code - 92;
  }
}

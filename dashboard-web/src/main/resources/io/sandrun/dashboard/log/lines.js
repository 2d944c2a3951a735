import { plain } from "../core/text.js";
import { Ansi } from "./ansi.js";

/** What is kept: more lines and characters than a person reads, and a bound on memory. */
const LINES_MAX = 200_000;
const CHARACTERS_MAX = 16 * 1024 * 1024;

/** A longer line goes on in the next one. */
const LINE_MAX = 2_000;

/** Stretches of different styles that one line is made of. */
const SPANS_MAX = 200;

/**
 * A log as lines. Each is `{stream, spans: [text, classes]...}`. A carriage return within a line begins the line anew,
 * as a progress bar means it. When there is too much, the oldest lines go; `dropped` counts them.
 */
export class Lines {
  lines = [];
  dropped = 0;
  #characters = 0;
  #open = null;
  #returned = false;
  #readers = new Map();

  get count() {
    return this.lines.length;
  }

  append(stream, text) {
    if (!this.#readers.has(stream)) this.#readers.set(stream, new Ansi());
    if (this.#open && this.#open.stream !== stream) this.#open = null;
    this.#readers.get(stream).read(text, (part, classes) => this.#write(stream, part, classes));
    this.#forget();
  }

  #write(stream, text, classes) {
    for (const part of text.split(/(\r\n|\n|\r)/)) {
      if (part === "") continue;
      if (part === "\n" || part === "\r\n") {
        if (!this.#open) this.#begin(stream);
        this.#open = null;
        this.#returned = false;
      } else if (part === "\r") {
        this.#returned = true;
      } else {
        this.#put(stream, part, classes);
      }
    }
  }

  #put(stream, text, classes) {
    if (this.#returned && this.#open) {
      this.#characters -= this.#open.length;
      this.#open.spans = [];
      this.#open.length = 0;
    }
    this.#returned = false;
    let rest = plain(text);
    while (rest) {
      if (!this.#open || this.#open.length >= LINE_MAX || this.#open.spans.length >= SPANS_MAX) this.#begin(stream);
      const taken = rest.slice(0, LINE_MAX - this.#open.length);
      this.#open.spans.push([taken, classes]);
      this.#open.length += taken.length;
      this.#characters += taken.length;
      rest = rest.slice(taken.length);
    }
  }

  #begin(stream) {
    this.#open = { stream, spans: [], length: 0 };
    this.lines.push(this.#open);
  }

  /** Some at a time, since each time costs as much as all that are kept. */
  #forget() {
    if (this.lines.length <= LINES_MAX && this.#characters <= CHARACTERS_MAX) return;
    let gone = Math.max(0, this.lines.length - LINES_MAX + LINES_MAX / 10);
    let left = this.#characters;
    for (let index = 0; index < this.lines.length - 1; index++) {
      if (index >= gone && left <= CHARACTERS_MAX * 0.9) break;
      left -= this.lines[index].length;
      gone = Math.max(gone, index + 1);
    }
    this.lines.splice(0, gone);
    this.dropped += gone;
    this.#characters = left;
  }
}

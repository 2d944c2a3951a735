/**
 * JSON that forgets nothing a signature is on: numbers stay as they were written, so that 1 and 1.0 differ, and a key
 * that stands twice is refused. Objects are Maps, numbers are Written.
 */
const DEPTH_MAX = 64;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"/y;
const SPACE = /[ \t\n\r]*/y;

export class Written {
  constructor(text) {
    this.text = text;
  }

  get isWhole() {
    return /^-?\d+$/.test(this.text);
  }
}

export function exactJson(text) {
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.space();
  if (reader.at !== text.length) throw new Error("there is more than one value");
  return value;
}

class Reader {
  at = 0;

  constructor(text) {
    this.text = text;
  }

  #match(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (!found) throw new Error(`no JSON at character ${this.at}`);
    this.at = pattern.lastIndex;
    return found[0];
  }

  space() {
    this.#match(SPACE);
  }

  #next(character) {
    this.space();
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  #need(character) {
    if (!this.#next(character)) throw new Error(`no ${character} at character ${this.at}`);
  }

  value(depth) {
    if (depth > DEPTH_MAX) throw new Error("it is nested too deeply");
    this.space();
    const first = this.text[this.at];
    if (first === "{") return this.#object(depth);
    if (first === "[") return this.#list(depth);
    if (first === '"') return JSON.parse(this.#match(STRING));
    for (const [word, value] of [["true", true], ["false", false], ["null", null]]) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    return new Written(this.#match(NUMBER));
  }

  #object(depth) {
    const members = new Map();
    this.#need("{");
    if (this.#next("}")) return members;
    do {
      this.space();
      const name = JSON.parse(this.#match(STRING));
      if (members.has(name)) throw new Error(`the key ${name} stands twice`);
      this.#need(":");
      members.set(name, this.value(depth + 1));
    } while (this.#next(","));
    this.#need("}");
    return members;
  }

  #list(depth) {
    const items = [];
    this.#need("[");
    if (this.#next("]")) return items;
    do items.push(this.value(depth + 1));
    while (this.#next(","));
    this.#need("]");
    return items;
  }
}

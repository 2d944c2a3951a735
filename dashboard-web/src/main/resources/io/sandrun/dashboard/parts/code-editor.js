import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import {
  bracketMatching,
  HighlightStyle,
  indentOnInput,
  indentUnit,
  StreamLanguage,
  syntaxHighlighting,
} from "@codemirror/language";
import { Compartment, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** Where the words of each language are told. */
const MODES = {
  python3: async () => (await import("@codemirror/legacy-modes/mode/python.js")).python,
  node: async () => (await import("@codemirror/legacy-modes/mode/javascript.js")).javascript,
  bash: async () => (await import("@codemirror/legacy-modes/mode/shell.js")).shell,
  sh: async () => (await import("@codemirror/legacy-modes/mode/shell.js")).shell,
  ruby: async () => (await import("@codemirror/legacy-modes/mode/ruby.js")).ruby,
  perl: async () => (await import("@codemirror/legacy-modes/mode/perl.js")).perl,
  Rscript: async () => (await import("@codemirror/legacy-modes/mode/r.js")).r,
  java: async () => (await import("@codemirror/legacy-modes/mode/clike.js")).java,
};

const COLOURS = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], color: "var(--accent)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--completed)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--running)" },
  { tag: [tags.comment], color: "var(--soft)", fontStyle: "italic" },
  { tag: [tags.definition(tags.variableName), tags.function(tags.variableName)], color: "var(--assigned)" },
]);

const LOOK = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--card)", fontSize: "13px", height: "100%" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55" },
  ".cm-gutters": { color: "var(--soft)", backgroundColor: "var(--card)", border: "0", paddingLeft: "0.5rem" },
  ".cm-activeLine, .cm-activeLineGutter": {
    backgroundColor: "color-mix(in srgb, var(--accent-wash) 60%, transparent)",
  },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused": { outline: "none" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--accent) 25%, transparent)",
  },
});

/** Over a selection the browser would write a style of its own into the text, which the page's policy forbids. */
const TYPED_OVER = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const isTyped = event.inputType === "insertText" && event.data && !event.isComposing;
    if (!isTyped || view.state.selection.main.empty) return false;
    event.preventDefault();
    view.dispatch(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
    return true;
  },
});

/**
 * Where programs are written. It lies in a shadow of its own, where the editor's library can bring its styles without
 * an inline style sheet, which the page's policy forbids. Escape, then Tab leaves it. Tells `written` and `run`.
 */
class CodeEditor extends HTMLElement {
  #language = new Compartment();
  #view = null;
  #spoken = null;

  constructor() {
    super();
    this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(":host { display: block; } .editor { height: 22rem; overflow: hidden; }");
    this.shadowRoot.adoptedStyleSheets = [sheet];
  }

  connectedCallback() {
    if (this.#view) return;
    const place = document.createElement("div");
    place.className = "editor";
    this.shadowRoot.append(place);
    const tell = (type, detail) => this.dispatchEvent(new CustomEvent(type, { detail }));
    this.#view = new EditorView({
      parent: place,
      root: this.shadowRoot,
      state: EditorState.create({
        doc: this.text ?? "",
        extensions: [
          keymap.of([{ key: "Mod-Enter", run: () => (tell("run"), true) }]),
          lineNumbers(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          highlightActiveLine(),
          indentUnit.of("    "),
          this.#language.of([]),
          syntaxHighlighting(COLOURS),
          LOOK,
          TYPED_OVER,
          keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
          EditorView.contentAttributes.of({ "aria-label": "Program", spellcheck: "false" }),
          EditorView.updateListener.of((update) => update.docChanged && tell("written", update.state.doc.toString())),
        ],
      }),
    });
    this.language = this.#spoken ?? "python3";
  }

  disconnectedCallback() {
    this.#view?.destroy();
    this.#view = null;
    this.shadowRoot.replaceChildren();
  }

  set text(text) {
    this.wanted = text;
    const shown = this.#view?.state.doc;
    if (shown && shown.toString() !== text) {
      this.#view.dispatch({ changes: { from: 0, to: shown.length, insert: text } });
    }
  }

  get text() {
    return this.wanted;
  }

  set language(name) {
    this.#spoken = name;
    if (this.#view) this.#speak(name);
  }

  async #speak(name) {
    const mode = await MODES[name]?.();
    if (this.#view && name === this.#spoken) {
      this.#view.dispatch({ effects: this.#language.reconfigure(mode ? StreamLanguage.define(mode) : []) });
    }
  }
}

customElements.define("sandrun-code-editor", CodeEditor);

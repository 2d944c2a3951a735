/** How a file can be looked at, by the end of its name; null where it cannot. Pages and drawings are text here. */
const KINDS = {
  image: ["png", "jpg", "jpeg", "gif", "webp"],
  csv: ["csv", "tsv"],
  json: ["json"],
  text: [
    "txt", "log", "md", "rst", "jsonl", "ndjson", "yaml", "yml", "toml", "ini", "cfg", "xml", "html", "htm", "svg",
    "css", "js", "mjs", "ts", "py", "sh", "rb", "pl", "r", "java", "c", "h", "sql", "tex", "ipynb", "diff", "patch",
  ],
};

export function kindOf(name) {
  const file = name.split("/").pop().toLowerCase();
  const ending = file.includes(".") ? file.split(".").pop() : "txt";
  return Object.keys(KINDS).find((kind) => KINDS[kind].includes(ending)) ?? null;
}

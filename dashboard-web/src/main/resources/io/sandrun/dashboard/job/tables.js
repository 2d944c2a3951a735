/** Rows and columns that are shown: a look, not a spreadsheet. */
export const ROWS_MAX = 200;
export const COLUMNS_MAX = 40;

/** The first rows of comma- or tab-separated values; quotes may hold separators and line ends. */
export function rowsOf(text, separator) {
  const rows = [];
  let row = [];
  let cell = "";
  let isQuoted = false;
  const endRow = () => {
    row.push(cell);
    cell = "";
    rows.push(row.slice(0, COLUMNS_MAX));
    row = [];
  };
  for (let at = 0; at < text.length && rows.length <= ROWS_MAX; at++) {
    const character = text[at];
    if (isQuoted) {
      if (character !== '"') cell += character;
      else if (text[at + 1] === '"') cell += text[++at];
      else isQuoted = false;
    } else if (character === '"' && cell === "") {
      isQuoted = true;
    } else if (character === separator) {
      row.push(cell);
      cell = "";
    } else if (character === "\n") {
      endRow();
    } else if (character !== "\r") {
      cell += character;
    }
  }
  if ((cell || row.length) && rows.length <= ROWS_MAX) endRow();
  return rows;
}

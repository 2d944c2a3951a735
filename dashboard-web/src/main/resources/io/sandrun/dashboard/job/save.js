import { open } from "../core/api.js";
import { key } from "../core/session.js";
import { bytes } from "../core/text.js";

/** Beyond this the command line is the better tool: a file that needs a key passes through the page's memory. */
const HELD_BYTES = 512 * 1024 * 1024;

/** Has the browser save what is at a path of the broker. */
export async function save(address, name, size) {
  if (!key()) return click(address, name);
  if (size > HELD_BYTES) {
    throw new Error(`A page saves files up to ${bytes(HELD_BYTES)}; \`sandrun download\` has no such limit.`);
  }
  const held = URL.createObjectURL(await (await open(address)).blob());
  click(held, name);
  setTimeout(() => URL.revokeObjectURL(held), 60_000);
}

function click(address, name) {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
}

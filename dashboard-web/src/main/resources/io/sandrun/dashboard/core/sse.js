/** An event beyond this is none of ours. */
const EVENT_CHARACTERS = 8 * 1024 * 1024;

/** A stream that brings nothing for so long has broken off unnoticed: the broker sends something every 15 seconds. */
const SILENCE_MS = 40_000;

/**
 * The server-sent events of an answer, until it ends or falls silent. Read by hand and not by EventSource, which could
 * not send the key in a header.
 */
export async function* events(answer) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  const leave = () => reader.cancel().catch(() => {});
  let rest = "";
  try {
    while (true) {
      const silence = setTimeout(leave, SILENCE_MS);
      const { value, done } = await reader.read().finally(() => clearTimeout(silence));
      if (done) return;
      rest += value;
      if (rest.length > EVENT_CHARACTERS) throw new Error("an event is too long");
      const blocks = rest.split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) {
        const event = parse(block);
        if (event) yield event;
      }
    }
  } finally {
    leave();
  }
}

function parse(block) {
  const event = { name: "message", id: "", data: "" };
  for (const line of block.split("\n")) {
    if (line.startsWith("event: ")) event.name = line.slice(7);
    else if (line.startsWith("id: ")) event.id = line.slice(4);
    else if (line.startsWith("data: ")) event.data += line.slice(6);
  }
  return event.data ? { ...event, data: JSON.parse(event.data) } : null;
}

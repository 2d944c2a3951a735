// Shows the broker's own figures. Everything goes in as text: nothing that a job or a node says is ever markup.
const REFRESH_MS = 3000;

const show = (id, value) => {
  document.getElementById(id).textContent = String(value);
};

async function refresh() {
  try {
    const answer = await fetch("/health");
    const health = await answer.json();
    show("pending", health.pending_jobs);
    show("running", health.running_jobs);
    show("nodes", health.active_nodes);
  } catch {
    ["pending", "running", "nodes"].forEach((id) => show(id, "–"));
  }
}

show("join", `sandrun node --broker ${location.origin}`);
refresh();
setInterval(() => { if (!document.hidden) refresh(); }, REFRESH_MS);

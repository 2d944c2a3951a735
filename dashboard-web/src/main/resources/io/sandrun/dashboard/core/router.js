/**
 * Where one is stands behind the `#` of the address: `#/jobs/ID` or `#/jobs?state=failed`. So links work in new tabs,
 * and the broker is told nothing.
 */
export function here() {
  const [route, parameters = ""] = location.hash.replace(/^#\/?/, "").split("?", 2);
  const parts = route.split("/").filter(Boolean).map(decoded);
  return { page: parts[0] ?? "overview", id: parts[1] ?? null, parameters: new URLSearchParams(parameters) };
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function link(page, id = null, parameters = {}) {
  const given = Object.entries(parameters).filter(([, value]) => value !== null && value !== "");
  const query = new URLSearchParams(given).toString();
  return `#/${page}${id ? "/" + encodeURIComponent(id) : ""}${query ? "?" + query : ""}`;
}

export const go = (...where) => {
  location.hash = link(...where);
};

// The requests seen, the newest first.

import { drawBody, levelOf } from "./body.js";
import { element, keyed } from "./dom.js";
import { counted, shortened, time, visible } from "./text.js";

const list = document.getElementById("requests-list");
const empty = document.getElementById("requests-empty");
const showReads = document.getElementById("show-reads");
const showReadsLabel = document.getElementById("show-reads-label");
let latest = [];

showReads.addEventListener("change", () => showRequests(latest));

const isRead = (request) => request.method === "GET" && request.status >= 200 && request.status < 300 && !request.fault;

/** Shows these requests. Those that read a state and were answered are many, and shown when asked for. */
export function showRequests(requests) {
  latest = requests;
  const reads = requests.filter(isRead).length;
  showReadsLabel.textContent = `show GET requests that were answered (${reads})`;
  const shown = showReads.checked ? requests : requests.filter((request) => !isRead(request));
  empty.hidden = shown.length > 0;
  const newestFirst = [...shown].reverse();
  keyed(list, newestFirst, ({ sequence }) => sequence, create, update);
}

function create() {
  const summary = element("summary", "line-of-request");
  const details = element("details", "request", summary, element("div", "inside"));
  details.addEventListener("toggle", () => fill(details));
  return element("li", "new", details);
}

const requestOf = new WeakMap();
const opened = new WeakSet();

function update(item, request) {
  const details = item.firstElementChild;
  requestOf.set(details, request);
  const status = request.status ? String(request.status) : "no answer";
  const good = request.status >= 200 && request.status < 300;
  details.firstElementChild.replaceChildren(
    element("span", "sequence", `#${request.sequence}`),
    element("span", "method", visible(request.method)),
    element("span", "path", shortened(request.path, 120)),
    element(
      "span",
      "badges",
      element("span", `badge ${good ? "good" : "bad"}`, status),
      ...levels(request),
      request.fault ? element("span", "badge fault", `fault ${visible(request.fault)}`) : null,
      request.charged ? element("span", "badge charge", `charged ${visible(request.charged)}`) : null,
    ),
    element("span", "time quiet", time(request.at_ms)),
  );
  // A finding is what somebody wants to see, without a click; once closed, it stays closed.
  if ((request.diagnostics ?? []).length > 0 && !opened.has(details)) {
    opened.add(details);
    details.open = true;
  }
  details.lastElementChild.replaceChildren();
  fill(details);
}

function levels(request) {
  const found = request.diagnostics ?? [];
  return ["error", "warning", "note"].flatMap((level) => {
    const number = found.filter((finding) => levelOf(finding) === level).length;
    const word = counted(number, level);
    return number > 0 ? [element("span", `badge ${level}`, word)] : [];
  });
}

/** Draws what is inside once it is seen. */
function fill(details) {
  const inside = details.lastElementChild;
  if (!details.open || inside.childElementCount > 0) return;
  const request = requestOf.get(details);
  if (request.task) {
    const link = element("a", "id", visible(request.task));
    link.href = `#task-${encodeURIComponent(request.task)}`;
    inside.append(element("p", "quiet", "task ", link));
  }
  if (request.body) inside.append(drawBody(request));
  else inside.append(element("p", "quiet", "no body"));
}

// The page: one state of the emulator after another, as they come.

import { showClock, showFaults } from "./controls.js";
import { setText } from "./dom.js";
import { showLedger } from "./ledger.js";
import { showRequests } from "./requests.js";
import { showTasks } from "./tasks.js";
import { counted, visible } from "./text.js";

const by = (id) => document.getElementById(id);
let before = null;

const body = '{"model": "kling-v3", "prompt": "a boat at dawn", "duration": 5}';
by("example").textContent =
  `curl ${location.origin}/v1/videos/generations \\\n  -H 'Content-Type: application/json' \\\n  -d '${body}'`;

function show(state) {
  const { requests = [], tasks = [], ledger = {}, faults = {} } = state;
  showClock(state.clock ?? {});
  showRequests(requests);
  showTasks(tasks);
  showLedger(ledger);
  showFaults(faults);
  setText(by("count-requests"), String(requests.length));
  setText(by("count-tasks"), String(tasks.length));
  setText(by("count-charges"), String(ledger.charges ?? 0));
  setText(by("count-faults"), String((faults.pending ?? []).length + (faults.more ?? 0)));
  if (before) tell(news(before, state));
  before = state;
}

/** What is new, in words, for whoever listens instead of looking. Polls would drown the rest. */
function news(old, now) {
  const known = new Map((old.requests ?? []).map((request) => [request.sequence, request]));
  const told = [];
  for (const request of now.requests ?? []) {
    const { status, fault } = known.get(request.sequence) ?? {};
    const answered = request.status && !status;
    const hit = request.fault && !fault && !request.status;
    if (request.method === "GET" || !(answered || hit)) continue;
    const found = (request.diagnostics ?? []).length;
    const parts = [
      request.status ?? "no answer yet",
      found > 0 && counted(found, "finding"),
      request.fault && `fault ${visible(request.fault)}`,
    ];
    told.push(`Request ${request.sequence}: ${parts.filter(Boolean).join(", ")}.`);
  }
  const states = new Map((old.tasks ?? []).map(({ id, status }) => [id, status]));
  for (const { id, status } of now.tasks ?? []) {
    if (states.get(id) !== status) told.push(`Task ${visible(id)}: ${visible(status)}.`);
  }
  if ((now.ledger?.double_charges ?? 0) > (old.ledger?.double_charges ?? 0)) told.push("Double charge.");
  const waiting = ({ faults: { pending = [], more = 0 } = {} }) =>
    pending.reduce((sum, { remaining }) => sum + (remaining ?? 1), more);
  if (waiting(now) > waiting(old)) {
    const { phase, name } = now.faults.pending.at(-1);
    told.push(`Next ${visible(phase)} fails: ${visible(name)}.`);
  }
  return told;
}

function tell(told) {
  if (told.length > 0) by("news").textContent = told.slice(-5).join(" ");
}

function connection(state, text) {
  by("connection").dataset.state = state;
  setText(by("connection"), text);
}

/** How long after a refusal is asked again, in milliseconds. */
const PATIENCE = 3000;

function watch() {
  const events = new EventSource("/_emulator/events");
  events.addEventListener("open", () => connection("live", "live"));
  events.addEventListener("state", (event) => show(JSON.parse(event.data)));
  events.addEventListener("error", () => {
    // A browser tries again by itself, but not after an answer such as that too many watch.
    const isRefused = events.readyState === EventSource.CLOSED;
    connection("lost", isRefused ? "refused, maybe because too many pages are watching; trying again" : "lost, trying again");
    if (isRefused) setTimeout(watch, PATIENCE);
  });
}

watch();

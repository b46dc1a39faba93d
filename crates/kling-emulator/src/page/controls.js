// What can be done from the page: injecting a fault and moving the clock.

import { element, keyed, prose, setText, toolbar } from "./dom.js";
import { time, visible } from "./text.js";

const by = (id) => document.getElementById(id);

/** Sends a command; what is wrong is said beside the faults. */
async function send(method, path, command) {
  let problem = "";
  try {
    const answer = await fetch(path, {
      method,
      headers: { "Content-Type": "application/json" },
      body: command ? JSON.stringify(command) : null,
    });
    if (!answer.ok) problem = await refusal(answer);
  } catch {
    problem = "The emulator does not answer.";
  }
  by("faults-error").replaceChildren(...prose(problem));
}

async function refusal(answer) {
  const text = await answer.text();
  try {
    return `Refused: ${visible(JSON.parse(text).error.message)}`;
  } catch {
    return `Refused with ${answer.status}: ${visible(text)}`;
  }
}

let faults = [];
let phase = "submit";

/** Shows the faults that wait for a call, and those that can be asked for. */
export function showFaults({ pending = [], more = 0, catalogue = [] }) {
  faults = catalogue;
  const numbered = pending.map((fault, number) => ({ ...fault, number }));
  by("no-pending").hidden = pending.length > 0;
  keyed(by("pending"), numbered, ({ number }) => number, () => element("li", "badge fault"), (item, fault) => {
    const times = { null: ", until cleared", 1: "" }[fault.remaining] ?? `, ${fault.remaining} times`;
    setText(item, `next ${visible(fault.phase)}: ${visible(fault.name)}${times}`);
  });
  setText(by("more-pending"), more > 0 ? `and ${more} more` : "");
  const phases = [...new Set(catalogue.map((fault) => fault.phase))].map((name) => ({ name }));
  keyed(by("phases"), phases, ({ name }) => name, phaseChoice, () => {});
  showCatalogue();
}

function phaseChoice({ name }) {
  const radio = document.createElement("input");
  radio.type = "radio";
  radio.name = "phase";
  radio.value = name;
  radio.checked = name === phase;
  radio.addEventListener("change", () => {
    phase = name;
    showCatalogue();
  });
  return element("label", "segment", radio, element("span", "", visible(name)));
}

const buttons = by("catalogue");
const find = by("fault-find");
find.addEventListener("input", showCatalogue);
by("clear-faults").addEventListener("click", () => send("DELETE", "/_emulator/faults"));

function showCatalogue() {
  const wanted = find.value.trim().toLowerCase();
  const shown = faults.filter((fault) =>
    fault.phase === phase && `${fault.name} ${fault.about}`.toLowerCase().includes(wanted));
  keyed(buttons, shown, (fault) => `${fault.phase}:${fault.name}`, faultButton, () => {});
  toolbar(buttons);
}

function faultButton(fault) {
  const button = element(
    "button",
    "inject",
    element("span", "name", visible(fault.name)),
    element("span", "about", ...prose(fault.about)),
  );
  button.type = "button";
  button.dataset.fault = `${fault.phase}:${fault.name}`;
  button.addEventListener("click", () => send("POST", "/_emulator/faults", { fault: `${button.dataset.fault}${options()}` }));
  return button;
}

/** What is written behind a fault's name: its value, place and times, where they are given. */
function options() {
  const signs = [["=", "value", ""], ["@", "place", "%"], ["*", "times", ""]];
  return signs.map(([sign, name, end]) => {
    const value = by(`fault-${name}`).value.trim();
    return value && `${sign}${value}${end}`;
  }).join("");
}

const STEPS = [
  ["1 s", 1_000],
  ["5 s", 5_000],
  ["10 s", 10_000],
  ["1 min", 60_000],
  ["10 min", 600_000],
  ["24 h", 86_400_000],
];

const advance = by("clock-advance");
advance.append(...STEPS.map(([text, milliseconds]) => {
  const button = element("button", "", `+${text}`);
  button.type = "button";
  button.dataset.advance = String(milliseconds);
  button.addEventListener("click", () => send("POST", "/_emulator/clock", { advance_ms: milliseconds }));
  return button;
}));
toolbar(advance);

let clock = null;
let received = 0;

/** Shows the emulator's clock. */
export function showClock(now) {
  clock = now;
  received = performance.now();
  const modes = { real: "UTC, real time", scaled: `UTC, ${now.speed} times as fast`, manual: "UTC, moved by hand" };
  setText(by("clock-mode"), modes[now.mode] ?? visible(now.mode));
  tick();
}

function tick() {
  if (!clock) return;
  const speed = { real: 1, scaled: clock.speed ?? 1 }[clock.mode] ?? 0;
  setText(by("clock-time"), time(clock.now_ms + (performance.now() - received) * speed));
}

setInterval(tick, 250);

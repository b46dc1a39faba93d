// Elements made and kept. Text goes in as text only: nothing is ever parsed as HTML.

import { visible } from "./text.js";

/** An element with a class and children; strings become text. */
export function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** A message as nodes: what it has between back-ticks is code, and no back-tick is left. */
export function prose(text) {
  const parts = visible(text).split("`");
  const isCode = (at) => at % 2 === 1 && at < parts.length - 1;
  return parts.map((part, at) => (isCode(at) ? element("code", "", part) : part));
}

/** Sets a text only where it changes, so that a selection in it stays. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

const kept = new WeakMap();

/**
 * Makes the children of `list` those of `items`, in their order. A child stays the same element as
 * long as its item has the same key, is not moved when others come or go, and is updated only when
 * its item changes: what plays goes on playing, and what has the focus keeps it.
 */
export function keyed(list, items, keyOf, create, update) {
  const old = kept.get(list) ?? new Map();
  const now = new Map();
  for (const item of items) {
    const key = keyOf(item);
    const text = JSON.stringify(item);
    const entry = old.get(key) ?? { node: create(item), text: null };
    if (entry.text !== text) update(entry.node, item);
    entry.text = text;
    now.set(key, entry);
  }
  for (const [key, entry] of old) {
    if (!now.has(key)) entry.node.remove();
  }
  // Others than these, such as a legend, stay in front.
  const nodes = new Set([...now.values()].map(({ node }) => node));
  let place = [...list.children].find((child) => nodes.has(child)) ?? null;
  for (const { node } of now.values()) {
    if (node === place) place = place.nextElementSibling;
    else list.insertBefore(node, place);
  }
  kept.set(list, now);
}

const toolbars = new WeakSet();

/** Lets one button of a row be reached by Tab, the others by arrow keys, Home and End. */
export function toolbar(row) {
  const buttons = () => Array.from(row.querySelectorAll("button"));
  const reach = (button) => {
    for (const other of buttons()) other.tabIndex = other === button ? 0 : -1;
  };
  const reached = buttons().filter((button) => button.tabIndex === 0);
  if (reached.length !== 1) reach(buttons().includes(document.activeElement) ? document.activeElement : buttons()[0]);
  if (toolbars.has(row)) return;
  toolbars.add(row);
  const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  row.addEventListener("keydown", (event) => {
    const all = buttons();
    const at = all.indexOf(document.activeElement);
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    let next;
    if (event.key in steps) next = (at + steps[event.key] + all.length) % all.length;
    else if (event.key === "Home") next = 0;
    else if (event.key === "End") next = all.length - 1;
    else return;
    event.preventDefault();
    all[next].focus();
  });
  row.addEventListener("focusin", (event) => reach(event.target));
}

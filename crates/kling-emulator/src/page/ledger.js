// What was charged, with what was charged twice.

import { element, keyed, setText } from "./dom.js";
import { shortened, time, visible } from "./text.js";

const by = (id) => document.getElementById(id);

/** Shows the ledger. */
export function showLedger(ledger) {
  const entries = ledger.entries ?? [];
  setText(by("charges"), String(ledger.charges ?? entries.length));
  const doubles = ledger.double_charges ?? 0;
  setText(by("doubles"), String(doubles));
  by("doubles-sum").classList.toggle("wrong", doubles > 0);
  const repeats = ledger.repeated_requests ?? 0;
  setText(by("repeats"), String(repeats));
  by("repeats-sum").classList.toggle("wrong", repeats > 0);
  const specs = Object.entries(ledger.per_spec ?? {}).map(([spec, sum]) => ({ spec, ...sum }));
  setText(by("seconds"), String(specs.reduce((all, { seconds }) => all + seconds, 0)));
  by("ledger-empty").hidden = entries.length > 0;
  by("ledger-tables").hidden = entries.length === 0;
  keyed(by("specs"), specs, ({ spec }) => spec, makeSum, updateSum);
  keyed(by("entries"), marked(entries).reverse(), ({ task }) => task, makeEntry, updateEntry);
}

const makeSum = () => element("tr", "", element("th", ""), element("td", "number"), element("td", "number"));

function updateSum(row, sum) {
  row.children[0].scope = "row";
  setText(row.children[0], visible(sum.spec ?? "none"));
  setText(row.children[1], String(sum.charges));
  setText(row.children[2], String(sum.seconds));
}

/** The double charges with what they repeat: the first charge of the same client id or the same body. */
function marked(entries) {
  const first = new Map();
  return entries.map((entry) => {
    const keys = [["client id", entry.client_business_id], ["body", entry.body_hash], ["request", entry.request_hash]]
      .filter(([, value]) => value)
      .map(([what, value]) => ({ what, key: `${what} ${value}` }));
    const { what, key } = keys.find((each) => first.has(each.key)) ?? {};
    for (const each of keys) if (!first.has(each.key)) first.set(each.key, entry.task);
    // The earlier one may be too long ago to be among these.
    const repeats = key ? `same ${what} as ${visible(first.get(key))}` : "as an earlier one";
    const what_is = entry.double ? "double charge" : "repeated request";
    return { ...entry, repeats: entry.double || entry.repeated ? `${what_is}: ${repeats}` : null };
  });
}

const makeEntry = () => element("tr", "new");

function updateEntry(row, entry) {
  row.classList.toggle("wrong", entry.repeats !== null);
  const fact = (label, text) => element("div", "fact", `${label} `, element("code", "id", text));
  const spec = element("div", "", visible(entry.spec ?? "none"));
  row.replaceChildren(
    element("td", "time", time(entry.at_ms)),
    element(
      "td",
      "",
      spec,
      element("code", "id", visible(entry.task)),
      entry.client_business_id ? fact("client id", shortened(entry.client_business_id, 80)) : null,
      fact("body", shortened(entry.body_hash ?? "\u2013", 13)),
      entry.repeats ? element("div", "why", entry.repeats) : null,
    ),
    element("td", "number", String(entry.seconds ?? "")),
  );
}

// A request's body with its findings drawn under the places that they are about.

import { element } from "./dom.js";
import { utf8Length, visible } from "./text.js";

/** Characters of a row; longer lines go on in the next one. */
const WIDTH = 76;

/** The body as an element. */
export function drawBody(request) {
  const drawn = element("div", "body");
  drawn.tabIndex = 0;
  drawn.setAttribute("role", "group");
  drawn.setAttribute("aria-label", `Body of request ${request.sequence}`);
  const left = [...(request.diagnostics ?? [])];
  left.sort((one, other) => start(one) - start(other));
  const rows = rowsOf(request.body ?? "");
  const length = rows.at(-1).end;
  for (const [index, row] of rows.entries()) {
    const last = index === rows.length - 1;
    const here = [];
    while (left.length > 0 && (start(left[0]) < row.end || last)) here.push(left.shift());
    // What is behind the part of the body that is remembered has no place here.
    const marks = here.map((finding) => (start(finding) > length ? null : markOf(row, finding)));
    drawn.append(drawRow(row, here, marks));
    here.forEach((finding, at) => drawn.append(drawFinding(row, finding, marks[at])));
  }
  return drawn;
}

const start = (finding) => finding.span?.start ?? 0;

/**
 * The rows of a text: characters with their byte offsets, the bytes that the row takes, and the
 * number of its line, if that begins with it.
 */
function rowsOf(text) {
  const rows = [];
  let byte = 0;
  let number = 1;
  let row = { number, begin: 0, end: 0, characters: [] };
  const close = (next) => {
    row.end = byte;
    rows.push(row);
    row = { number: next, begin: byte, end: byte, characters: [] };
  };
  for (const character of text) {
    const begin = byte;
    byte += utf8Length(character);
    row.characters.push({ text: character === "\n" ? "" : shapeOf(character), begin, end: byte });
    if (character === "\n") close((number += 1));
    else if (row.characters.length >= WIDTH || (row.characters.length > WIDTH - 20 && character === ",")) close(null);
  }
  close(null);
  return rows;
}

const shapeOf = (character) => (character === "\t" ? character : visible(character));

/** The first and the last character of a row that a finding is about; an empty place has one. */
function markOf(row, finding) {
  const characters = row.characters;
  const span = finding.span ?? { start: 0, end: 0 };
  let first = characters.findIndex(({ end }) => end > span.start);
  if (first < 0) first = characters.length;
  let last = first;
  while (last + 1 < characters.length && characters[last + 1].begin < span.end) last += 1;
  return { first, last };
}

const join = (characters) => characters.map(({ text }) => text).join("");

function drawRow(row, findings, marks) {
  const code = element("code", "code");
  let run = "";
  let level = null;
  const flush = () => {
    if (run) code.append(level ? element("mark", level, run) : run);
    run = "";
  };
  row.characters.forEach(({ text }, at) => {
    const of = marks.findIndex((mark) => mark && mark.first <= at && at <= mark.last);
    const here = of < 0 ? null : levelOf(findings[of]);
    if (here !== level) flush();
    level = here;
    run += text;
  });
  flush();
  const number = element("span", "line", row.number === null ? "" : String(row.number));
  number.setAttribute("aria-hidden", "true");
  return element("div", "row", number, code);
}

export const levelOf = ({ level }) => (["error", "warning", "advice"].includes(level) ? level : "advice");

/** A marker as far and as wide as the very text above it, whatever its letters measure. */
function drawMarker(row, level, { first, last }) {
  const before = element("span", "room", join(row.characters.slice(0, first)));
  const under = element("span", `marker ${level}`, join(row.characters.slice(first, last + 1)) || " ");
  const place = element("div", "place", before, under);
  place.setAttribute("aria-hidden", "true");
  return place;
}

const SERVICE = {
  refuses: "the service refuses such a request",
  ignores: "the service drops this and charges all the same",
  unknown: "nobody wrote down what the service does",
};

function drawFinding(row, finding, mark) {
  const level = levelOf(finding);
  const place = mark ? drawMarker(row, level, mark) : null;
  const line = finding.start ? `line ${finding.start.line}, column ${finding.start.column}: ` : "";
  const words = element(
    "div",
    "words",
    element(
      "p",
      "what",
      element("strong", `level ${level}`, level),
      " ",
      element("code", "rule", visible(finding.rule)),
      " ",
      element("span", "unseen", line),
      visible(finding.message),
    ),
    note("help", finding.help),
    note("source", finding.source),
    note("service", SERVICE[finding.service]),
  );
  return element("div", "finding", place, words);
}

function note(label, text) {
  return text ? element("p", "note", element("span", "label", label), " ", visible(text)) : null;
}

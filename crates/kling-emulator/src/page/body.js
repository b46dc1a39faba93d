// A request's body with what was found in it below the places that it is about.

import { element, prose } from "./dom.js";
import { visible } from "./text.js";

/** The body as an element. Its lines, and which part of them a finding is about, are the emulator's. */
export function drawBody(request) {
  const drawn = element("div", "body");
  drawn.tabIndex = 0;
  drawn.setAttribute("role", "group");
  drawn.setAttribute("aria-label", `Body of request ${request.sequence}`);
  const findings = request.diagnostics ?? [];
  const { as_sent: asSent, lines = [], beyond = [] } = request.layout ?? {};
  if (!asSent) drawn.append(element("p", "quiet", "Laid out for reading; it was sent with other line breaks."));
  for (const [index, line] of lines.entries()) {
    drawn.append(
      drawLine(line, findings, asSent ? index + 1 : null),
      ...(line.findings ?? []).map((finding) => drawFinding(findings[finding], asSent)),
    );
  }
  if (beyond.length > 0) drawn.append(element("p", "quiet", "After the part of the body that is kept:"));
  drawn.append(...beyond.map((finding) => drawFinding(findings[finding], false)));
  return drawn;
}

/** The most characters that what does not fit into a line is moved in by. */
const MOST_INDENT = 24;

function drawLine({ runs }, findings, number) {
  const code = element("code", "code", ...runs.map(({ text, finding }) =>
    finding === undefined ? visible(text) : element("mark", levelOf(findings[finding]), visible(text))));
  const begin = runs[0]?.text ?? "";
  const indent = Math.min(begin.length - begin.trimStart().length, MOST_INDENT) + 2;
  code.style.setProperty("--indent", `${indent}ch`);
  const line = element("span", "line", number === null ? "" : String(number));
  line.setAttribute("aria-hidden", "true");
  return element("div", "row", line, code);
}

export const levelOf = ({ level }) => (["error", "warning", "note"].includes(level) ? level : "note");

const SERVICE = {
  refuses: "the service refuses such a request",
  ignores: "the service ignores this and charges anyway",
  unknown: "what the service does is not documented",
};

/** Where a finding is counted in the body as it was sent is seen only where its lines are others. */
function drawFinding(finding, asSent) {
  const level = levelOf(finding);
  const { line, column } = finding.start ?? {};
  const place = line ? `line ${line}, column ${column}` : "";
  return element(
    "div",
    "finding",
    element(
      "p",
      "what",
      element("strong", `level ${level}`, level),
      " ",
      element("code", "rule", visible(finding.rule)),
      " ",
      asSent && place ? element("span", "unseen", `${place}: `) : null,
      ...prose(finding.message),
    ),
    note("help", finding.help),
    note("source", finding.source),
    note("service", SERVICE[finding.service]),
    asSent ? null : note("place", [visible(finding.pointer), place && `${place} as sent`].filter(Boolean).join(", ")),
  );
}

function note(label, text) {
  return text ? element("p", "note", element("span", "label", label), element("span", "", ...prose(text))) : null;
}

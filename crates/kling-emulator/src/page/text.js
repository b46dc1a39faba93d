// Text of others made safe to read, and numbers made words. Nothing here touches the page.

/** What has no shape of its own or changes the order of its neighbours, lone surrogates included. */
const UNSEEN =
  /[\p{C}\p{Zl}\p{Zp}\u034F\u115F\u1160\u17B4\u17B5\u180B-\u180F\u2800\u3164\uFE00-\uFE0F\uFFA0\u{E0100}-\u{E01EF}]/gu;

function shape(character) {
  const code = character.codePointAt(0);
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return "\u2421";
  return `\u27E8U+${code.toString(16).toUpperCase().padStart(4, "0")}\u27E9`;
}

/** The text with every control, format and bidirectional character shown as a visible one. */
export function visible(text) {
  return String(text ?? "").replace(UNSEEN, shape);
}

/** `visible`, cut to at most `limit` characters. */
export function shortened(text, limit) {
  const characters = Array.from(String(text ?? ""));
  if (characters.length <= limit) return visible(text);
  return `${visible(characters.slice(0, limit - 1).join(""))}\u2026`;
}

/** Hours, minutes and seconds of a time in Unix milliseconds, in UTC as everything the emulator says. */
export function time(milliseconds) {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? "\u2013" : date.toISOString().slice(11, 19);
}

/** The day too. */
export function dayAndTime(milliseconds) {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? "\u2013" : date.toISOString().slice(0, 19).replace("T", " ");
}

/** How long after another time something was. */
export function since(milliseconds) {
  const seconds = milliseconds / 1000;
  return `+${seconds < 100 ? seconds.toFixed(1) : Math.round(seconds)} s`;
}

/** `1 error`, `2 errors`. */
export function counted(number, one, many = `${one}s`) {
  return `${number} ${number === 1 ? one : many}`;
}

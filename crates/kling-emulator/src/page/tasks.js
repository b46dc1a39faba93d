// The tasks, the newest first, with how they went and what they made.

import { element, keyed, setText } from "./dom.js";
import { dayAndTime, shortened, since, time, visible } from "./text.js";

const list = document.getElementById("tasks-list");
const empty = document.getElementById("tasks-empty");
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
/** The parts of each task's element. */
const partsOf = new WeakMap();

/** Shows these tasks, the oldest first as they come. */
export function showTasks(tasks) {
  empty.hidden = tasks.length > 0;
  keyed(list, [...tasks].reverse(), ({ id }) => id, create, update);
}

function create(task) {
  const parts = {
    status: element("span", "badge"),
    facts: element("p", "facts quiet"),
    prompt: element("p", "prompt"),
    progress: element("progress", ""),
    percent: element("span", "percent"),
    timeline: element("ol", "timeline"),
    times: element("p", "quiet"),
    film: element("div", "film"),
    waited: false,
  };
  parts.progress.max = 100;
  parts.progress.setAttribute("aria-label", "progress");
  parts.timeline.setAttribute("aria-label", "timeline");
  const title = element("h3", "id", visible(task.id));
  const card = element(
    "article",
    "task",
    element("div", "head", title, parts.status),
    parts.facts,
    parts.prompt,
    element("div", "bar", parts.progress, parts.percent),
    parts.timeline,
    parts.times,
    parts.film,
  );
  const item = element("li", "new", card);
  item.id = `task-${encodeURIComponent(task.id)}`;
  partsOf.set(item, parts);
  return item;
}

const GOOD = { completed: "good", failed: "bad" };

function update(item, task) {
  const parts = partsOf.get(item);
  setText(parts.status, visible(task.status));
  parts.status.className = `badge ${GOOD[task.status] ?? "waiting"}`;
  const size = task.width && task.height ? `${task.width} \u00D7 ${task.height}` : null;
  const facts = [
    visible(task.model),
    task.spec && visible(task.spec),
    task.seconds && `${task.seconds} s`,
    size,
    task.sound ? "with sound" : "no sound",
    task.client_business_id && `client id ${shortened(task.client_business_id, 80)}`,
  ];
  setText(parts.facts, facts.filter(Boolean).join(" \u00B7 "));
  setText(parts.prompt, shortened(task.prompt, 300));
  parts.progress.value = task.progress ?? 0;
  setText(parts.percent, `${task.progress ?? 0} %`);
  showTimeline(parts.timeline, task.timeline ?? []);
  const expires = task.expires_at ? `the video's URL expires at ${dayAndTime(task.expires_at * 1000)} UTC` : "";
  setText(parts.times, expires);
  showFilm(parts, task);
}

function showTimeline(timeline, steps) {
  const begin = steps[0]?.at_ms ?? 0;
  const numbered = steps.map((step, number) => ({ ...step, number, after: step.at_ms - begin }));
  const make = () => element("li", "", element("span", "word"), " ", element("span", "quiet"));
  keyed(timeline, numbered, ({ number }) => number, make, (item, step) => {
    setText(item.firstElementChild, visible(step.status));
    setText(item.lastElementChild, step.number === 0 ? time(step.at_ms) : since(step.after));
  });
}

/** The video is made once and then left alone: whoever watches it is not disturbed. */
function showFilm(parts, task) {
  const ready = task.status === "completed" && task.url;
  if (!ready) {
    parts.waited = true;
    // Another emulator at this address may have a task of the same id.
    parts.film.replaceChildren();
    return;
  }
  if (parts.film.childElementCount > 0) return;
  const film = document.createElement("video");
  film.controls = true;
  film.muted = true;
  film.playsInline = true;
  film.preload = "metadata";
  if (task.width && task.height) {
    film.width = task.width;
    film.height = task.height;
  }
  film.poster = `/_emulator/posters/${encodeURIComponent(task.id)}`;
  film.setAttribute("aria-label", `video of ${visible(task.id)}`);
  const problem = element("p", "problem");
  film.addEventListener("error", () => setText(problem, "The video cannot be played."));
  // The picture says which video it was, where the last frame would not.
  film.addEventListener("ended", () => film.load());
  // An address of its own: what is watched here is not a download of the client, and meets none of
  // the faults that wait for one.
  film.src = `/_emulator/videos/${encodeURIComponent(task.id)}`;
  parts.film.append(film, problem);
  // One that is finished before the eyes of somebody plays; old ones wait, and so do all where
  // motion is not wanted.
  if (parts.waited && !calm.matches) film.play().catch(() => {});
}

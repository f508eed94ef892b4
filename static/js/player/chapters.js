/** Chapters: ticks on the time bar, the name of the one that plays, a list in the menu, and keys from one to the next. */
import { icon, make } from "../basics/dom.js";
import { clock } from "./format.js";

const AGAIN_S = 3;

/** What the page says ({start_s, title}, in their order) with the times at which they end. */
export function readChapters(list, duration) {
  const within = list.filter((chapter) => !duration || chapter.start_s < duration);
  return within.map(({ start_s: start, title }, place) => ({ start, end: within[place + 1]?.start_s ?? (duration || Infinity), title }));
}

export function chapterAt(chapters, time) {
  return chapters.findLast((chapter) => chapter.start <= time) ?? null;
}

/** Where a step leads: to the next chapter, or to the beginning of this one, or soon after that to the one before. */
export function stepFrom(chapters, time, direction) {
  if (direction > 0) return chapters.find((chapter) => chapter.start > time)?.start ?? null;
  return chapters.findLast((chapter) => chapter.start <= Math.max(0, time - AGAIN_S))?.start ?? null;
}

export class Chapters {
  #player;
  #given;
  #current = null;
  list = [];

  constructor(player) {
    this.#player = player;
    this.#given = JSON.parse(player.root.dataset.chapters || "[]");
    this.name = make("span", { class: "player-chapter-name" });
    this.button = make("button", { type: "button", class: "player-chapter", hidden: true }, this.name, icon("chevron-right"));
    this.ticks = make("div", { class: "player-track-marks" });
    player.root.addEventListener("vod:chapters", ({ detail }) => {
      this.#given = detail.chapters;
      this.#read();
    });
    for (const name of ["timeupdate", "seeking"]) player.video.addEventListener(name, () => this.#follow());
    player.video.addEventListener("durationchange", () => this.#read());
    this.#read();
  }

  at(time) {
    return chapterAt(this.list, time);
  }

  step(direction) {
    const player = this.#player;
    const start = stepFrom(this.list, player.video.currentTime, direction);
    if (start === null) return;
    player.seekTo(start);
    player.overlay.show(this.at(start).title, direction > 0 ? "skip-forward" : "rotate-ccw");
  }

  /** What the menu offers. */
  get choices() {
    return this.list.map((chapter) => ({ value: chapter.start, name: `${clock(chapter.start)}  ${chapter.title}`, isCurrent: chapter === this.#current }));
  }

  get currentStart() {
    return this.#current?.start ?? null;
  }

  get currentTitle() {
    return this.#current?.title ?? "";
  }

  #read() {
    const { duration } = this.#player;
    this.list = readChapters(this.#given, duration);
    const inner = this.list.filter(({ start }) => start > 0 && duration);
    this.ticks.replaceChildren(
      ...inner.map(({ start }) => {
        const tick = make("span", { class: "player-tick" });
        tick.style.insetInlineStart = `${(start / duration) * 100}%`;
        return tick;
      }),
    );
    this.#current = null;
    this.#follow();
  }

  #follow() {
    const chapter = this.at(this.#player.video.currentTime);
    if (chapter === this.#current && this.button.hidden === !chapter) return;
    this.#current = chapter;
    this.button.hidden = !chapter;
    this.name.textContent = this.currentTitle;
    this.button.setAttribute("aria-label", `Chapters: ${this.currentTitle}`);
    this.button.title = this.currentTitle;
    this.#player.emit("chapterchange", { start: this.currentStart });
  }
}

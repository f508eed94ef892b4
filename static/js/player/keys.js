/** The keyboard: letters by what they mean, on other alphabets by where they are. Typing and pressing come first. */
import { ownsKeys } from "../basics/dom.js";
import { recall, remember } from "../basics/memory.js";

const SPEED_STEP = 0.05;
const VOLUME_STEP = 0.05;
const IN_VIEW = 0.6;

/** What the help sheet lists. */
export const HELP = [
  [["Space", "k"], "Play or pause"],
  [["j", "l"], "Back or ahead 10 seconds"],
  [["←", "→"], "Back or ahead 5 seconds"],
  [["Shift+←", "Shift+→"], "Chapter back or ahead"],
  [["↑", "↓"], "Louder or quieter"],
  [["m"], "Mute"],
  [["f"], "Full screen"],
  [["t"], "Theatre mode"],
  [["i"], "Picture in picture"],
  [["c"], "Captions"],
  [["0–9"], "Jump to 0 % … 90 %"],
  [["Home", "End"], "Beginning or end"],
  [["<", ">"], "Slower or faster"],
  [[",", "."], "One picture back or ahead, while paused"],
  [["Shift+N", "Shift+P"], "Next video, previous one of a playlist"],
  [["/"], "Search the site"],
  [["?"], "This list"],
];

const SHIFTED = { Comma: "<", Period: ">", Slash: "?" };
const PLAIN = { Comma: ",", Period: ".", Space: " " };

/** The key's meaning: itself on a Latin keyboard, else the Latin key of the same place. */
export function meaning(event) {
  if (/^[\x20-\x7e]$/.test(event.key) && !/^Digit/.test(event.code)) return event.key.toLowerCase();
  if (/^[<>?]$/.test(event.key)) return event.key; // where these are on the digit row
  if (event.key.length > 1) return event.key;
  if (/^Key[A-Z]$/.test(event.code)) return event.code.slice(3).toLowerCase();
  if (/^Digit\d$/.test(event.code)) return event.shiftKey && !/\d/.test(event.key) ? "" : event.code.slice(5);
  return (event.shiftKey ? SHIFTED : PLAIN)[event.code] ?? "";
}

export class Keys {
  #player;
  #visible = 1;
  isOn = recall("keys", true);

  constructor(player) {
    this.#player = player;
    new IntersectionObserver(([entry]) => (this.#visible = entry.intersectionRatio), { threshold: [0, IN_VIEW, 1] }).observe(player.root);
    document.addEventListener("keydown", (event) => this.#onKey(event), { signal: player.signal });
  }

  switch(on) {
    this.isOn = on;
    remember("keys", on);
  }

  #onKey(event) {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    if (document.querySelector("dialog:modal") || ownsKeys(event.target)) return;
    const key = meaning(event);
    if (!this.isOn && key !== "?") return;
    const action = this.#shiftActions(event)[key] ?? this.#scrollActions()[key] ?? this.#actions(key)[key];
    if (!action) return;
    event.preventDefault();
    action();
    this.#player.wake();
  }

  /** Keys that the page scrolls with: taken only while the player is what one looks at. */
  #scrollActions() {
    const player = this.#player;
    const { root } = player;
    if (document.activeElement !== root && !player.screens.isFull && this.#visible < IN_VIEW) return {};
    return {
      " ": () => player.toggle(),
      ArrowUp: () => player.setVolume(player.volume + VOLUME_STEP, { show: true }),
      ArrowDown: () => player.setVolume(player.volume - VOLUME_STEP, { show: true }),
      Home: () => player.seekTo(0),
      End: () => player.seekTo(player.duration),
    };
  }

  /** Where there are chapters, arrows with Shift lead from one to the next; with N it is the next video. */
  #shiftActions({ shiftKey }) {
    const { chapters, next } = this.#player;
    if (!shiftKey) return {};
    const toNext = { n: () => next.go() };
    return chapters.list.length ? { ...toNext, ArrowLeft: () => chapters.step(-1), ArrowRight: () => chapters.step(1) } : toNext;
  }

  #actions(key) {
    const player = this.#player;
    const { video, screens } = player;
    if (/^\d$/.test(key)) return { [key]: () => player.seekTo((player.duration * Number(key)) / 10) };
    return {
      k: () => player.toggle(),
      j: () => player.seekBy(-10),
      l: () => player.seekBy(10),
      ArrowLeft: () => player.seekBy(-5),
      ArrowRight: () => player.seekBy(5),
      m: () => player.toggleMute({ show: true }),
      f: () => screens.toggleFull(),
      t: () => screens.toggleTheatre(),
      i: () => screens.togglePictureInPicture(),
      c: () => player.captions.toggle(),
      "<": () => player.setSpeed(video.playbackRate - SPEED_STEP, { show: true }),
      ">": () => player.setSpeed(video.playbackRate + SPEED_STEP, { show: true }),
      ",": () => player.stepFrame(-1),
      ".": () => player.stepFrame(1),
      "?": () => player.help.toggle(),
    };
  }
}

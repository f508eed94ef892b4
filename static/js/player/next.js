/**
 * The end, and what comes after it. The page names the next video by <a data-next-video>: "list" where a list is being
 * played, which always goes on, "related" where it is offered and the viewer says whether it begins by itself.
 */
import { icon, make } from "../basics/dom.js";
import { recall, remember } from "../basics/memory.js";
import { beginAt } from "./begin.js";
import { lengthClock } from "./format.js";

const COUNTDOWN_S = 8;
const TICK_MS = 250;
const AUTOPLAY = "autoplayNext";

/** The choice may be made in the player and beside it: both hear of it. */
export function isAutoplayOn() {
  return recall(AUTOPLAY, true);
}

export function switchAutoplay(on) {
  remember(AUTOPLAY, on);
  document.dispatchEvent(new CustomEvent("vod:autoplay", { detail: { on } }));
}

export function nextLink() {
  return document.querySelector("[data-next-video='list']") ?? document.querySelector("[data-next-video]");
}

/** Nobody is carried away while writing, or while something is open in front. */
function isOccupied(player) {
  const isTyping = document.activeElement?.closest?.("input:not([type='checkbox'], [type='range']), textarea, select, [contenteditable]");
  return Boolean(isTyping) || player.menu.isOpen || document.querySelector("dialog:modal, dialog:popover-open") !== null;
}

/** Its picture, as on a card: a portrait one whole, on a blurred fill. */
function drawPicture({ poster, portrait, duration }) {
  const isPortrait = portrait !== undefined;
  const picture = (className) => (poster ? make("img", { src: poster, alt: "", class: className }) : null);
  const length = duration ? make("span", { class: "thumb-length" }, lengthClock(Number(duration))) : null;
  const className = `player-next-picture thumb${isPortrait ? " thumb-portrait" : ""}`;
  return make("div", { class: className }, isPortrait ? picture("thumb-fill") : null, picture(null), length);
}

export class Next {
  #player;
  #timer = 0;
  #leftMs = 0;

  constructor(player) {
    this.#player = player;
    this.element = make("div", { class: "player-next", role: "group", "aria-label": "Next video", hidden: true });
    const { root, video, signal } = player;
    root.append(this.element);
    video.addEventListener("ended", () => this.#offer());
    for (const name of ["play", "seeking", "emptied"]) video.addEventListener(name, () => this.#hide());
    document.addEventListener("keydown", (event) => this.#onKey(event), { capture: true, signal });
    signal.addEventListener("abort", () => clearInterval(this.#timer));
  }

  /** Goes there at once; it begins to play by itself. */
  go() {
    const link = nextLink();
    if (!link) return;
    clearInterval(this.#timer);
    beginAt(link.href);
    link.click();
  }

  /** The end card, and the countdown where it is to go on. */
  #offer() {
    const link = nextLink();
    if (!link) return;
    this.#draw(link);
    this.#player.overlay.note.hidden = true;
    this.element.hidden = false;
    this.#player.root.dataset.ended = "";
    const goesOn = link.dataset.nextVideo === "list" || isAutoplayOn();
    if (goesOn) this.#count();
    else this.#rest();
  }

  #draw({ href, dataset }) {
    this.said = make("p", { class: "player-next-said", role: "status" });
    this.bar = make("div", { class: "player-next-bar", "aria-hidden": "true" }, make("div"));
    const go = make("a", { class: "button button-primary", href }, icon("skip-forward"), "Play now");
    go.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.go();
    });
    this.cancel = make("button", { type: "button", class: "button" }, "Cancel");
    this.cancel.addEventListener("click", () => this.#rest());
    this.again = make("button", { type: "button", class: "button" }, icon("rotate-ccw"), "Play again");
    this.again.addEventListener("click", () => {
      this.#player.root.focus({ preventScroll: true });
      this.#player.seekTo(0);
      this.#player.play();
    });
    this.element.replaceChildren(
      this.said,
      make("div", { class: "player-next-video" }, drawPicture(dataset), make("div", {}, make("strong", { class: "clamp-2" }, dataset.title), make("small", {}, dataset.channel ?? ""))),
      this.bar,
      make("div", { class: "row" }, go, this.cancel, this.again),
    );
  }

  #count() {
    this.#leftMs = COUNTDOWN_S * 1000;
    this.again.hidden = true;
    this.#say();
    clearInterval(this.#timer);
    this.#timer = setInterval(() => {
      if (isOccupied(this.#player)) return;
      this.#leftMs -= TICK_MS;
      if (this.#leftMs > 0) this.#say();
      else this.go();
    }, TICK_MS);
  }

  /** Said aloud once; the number that goes down is for the eye. */
  #say() {
    const left = Math.ceil(this.#leftMs / 1000);
    if (this.number) this.number.textContent = left;
    if (!this.said.firstChild) {
      this.number = make("span", { class: "numbers", "aria-hidden": "true" }, String(left));
      this.said.append("Up next in ", this.number, make("span", { class: "visually-hidden" }, `${COUNTDOWN_S}`), " seconds");
    }
    this.bar.firstElementChild.style.transform = `scaleX(${1 - this.#leftMs / (COUNTDOWN_S * 1000)})`;
  }

  /** The card without the countdown. */
  #rest() {
    clearInterval(this.#timer);
    const hadFocus = this.element.contains(document.activeElement);
    this.number = null;
    this.said.replaceChildren("Up next");
    this.bar.hidden = true;
    this.cancel.hidden = true;
    this.again.hidden = false;
    if (hadFocus) this.again.focus({ preventScroll: true });
  }

  #hide() {
    clearInterval(this.#timer);
    this.number = null;
    if (this.element.hidden) return;
    this.element.hidden = true;
    delete this.#player.root.dataset.ended;
  }

  /** Escape cancels, wherever the focus is; what is open in front of it is closed first. */
  #onKey(event) {
    if (event.key !== "Escape" || this.element.hidden || this.cancel.hidden || isOccupied(this.#player)) return;
    event.preventDefault();
    event.stopPropagation();
    this.#rest();
  }
}

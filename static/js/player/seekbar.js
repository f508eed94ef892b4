/** The time bar: what is played, what is loaded, and the preview of the place under the pointer, finger or keyboard. */
import { make } from "../basics/dom.js";
import { clock, spoken } from "./format.js";

const STEP_S = 5;
const BIG_STEP_S = 60;
const PREVIEW_PX = 190;
const KEY_PREVIEW_MS = 1200;

export class SeekBar {
  #player;
  #scrubbing = null;
  #previewed = 0;
  #hideTimer = 0;

  constructor(player, storyboard) {
    this.#player = player;
    this.storyboard = storyboard;
    this.#build();
    this.#listen();
  }

  #build() {
    this.tile = make("div", { class: "player-preview-tile" }, make("div"));
    this.title = make("span", { class: "player-preview-title", hidden: true });
    this.label = make("span", { class: "player-preview-time" });
    this.preview = make("div", { class: "player-preview", hidden: true }, this.tile, this.title, this.label);
    this.buffered = make("div", { class: "player-track-buffered" });
    this.track = make(
      "div",
      { class: "player-track" },
      this.buffered,
      make("div", { class: "player-track-hover" }),
      make("div", { class: "player-track-played" }),
      this.#player.chapters.ticks,
    );
    this.element = make(
      "div",
      { class: "player-seek", role: "slider", tabindex: "0", "aria-label": "Seek", "aria-valuemin": "0", "aria-orientation": "horizontal" },
      this.track,
      make("div", { class: "player-knob" }),
    );
    this.wrap = make("div", { class: "player-seek-wrap" }, this.preview, this.element);
  }

  #listen() {
    const { element } = this;
    for (const name of ["pointerenter", "pointerdown", "focus"]) element.addEventListener(name, () => this.#prepare());
    element.addEventListener("pointerdown", (event) => this.#onDown(event));
    element.addEventListener("pointermove", (event) => this.#onMove(event));
    element.addEventListener("pointerup", (event) => this.#onUp(event));
    element.addEventListener("pointercancel", () => this.#stopScrubbing());
    element.addEventListener("pointerleave", () => this.#scrubbing === null && this.#hidePreview());
    element.addEventListener("keydown", (event) => this.#onKey(event));
    element.addEventListener("blur", () => this.#hidePreview());
  }

  /** The pictures are fetched at the first sign of interest; a preview that is open by then gets its picture. */
  async #prepare() {
    await this.storyboard.load();
    if (!this.preview.hidden) this.#showPreview(this.#previewed);
  }

  #timeAt(event) {
    const box = this.track.getBoundingClientRect();
    const part = (event.clientX - box.left) / box.width;
    return Math.min(1, Math.max(0, part)) * this.#player.duration;
  }

  #onDown(event) {
    if (event.button) return;
    this.element.setPointerCapture(event.pointerId);
    this.#player.root.dataset.scrubbing = "";
    this.#scrubbing = this.#timeAt(event);
    this.#showPreview(this.#scrubbing);
    this.update();
  }

  #onMove(event) {
    const time = this.#timeAt(event);
    if (this.#scrubbing !== null) {
      this.#scrubbing = time;
      this.update();
    }
    this.#showPreview(time);
  }

  #onUp(event) {
    if (this.#scrubbing === null) return;
    const time = this.#timeAt(event);
    this.#stopScrubbing();
    this.#player.seekTo(time);
    if (event.pointerType !== "mouse") this.#hidePreview();
  }

  #stopScrubbing() {
    this.#scrubbing = null;
    delete this.#player.root.dataset.scrubbing;
    this.update();
  }

  #onKey(event) {
    const { currentTime } = this.#player.video;
    const { duration } = this.#player;
    const target = {
      ArrowLeft: currentTime - STEP_S,
      ArrowDown: currentTime - STEP_S,
      ArrowRight: currentTime + STEP_S,
      ArrowUp: currentTime + STEP_S,
      PageDown: currentTime - BIG_STEP_S,
      PageUp: currentTime + BIG_STEP_S,
      Home: 0,
      End: duration,
    }[event.key];
    if (target === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    this.#player.seekTo(target);
    this.update();
    this.#showPreview(Math.min(duration, Math.max(0, target)));
    clearTimeout(this.#hideTimer);
    this.#hideTimer = setTimeout(() => this.#hidePreview(), KEY_PREVIEW_MS);
  }

  #showPreview(time) {
    const { duration } = this.#player;
    if (!duration) return;
    this.#previewed = time;
    clearTimeout(this.#hideTimer);
    const part = time / duration;
    this.element.style.setProperty("--hovered", part);
    this.label.textContent = clock(time);
    this.title.textContent = this.#player.chapters.at(time)?.title ?? "";
    this.title.hidden = !this.title.textContent;
    this.tile.hidden = !this.storyboard.paint(this.tile, time, PREVIEW_PX);
    this.preview.hidden = false;
    const room = this.track.clientWidth;
    const half = this.preview.offsetWidth / 2;
    const centre = this.track.offsetLeft + part * room;
    const x = Math.min(room + this.track.offsetLeft - half, Math.max(half + this.track.offsetLeft, centre));
    this.preview.style.left = `${x}px`;
  }

  #hidePreview() {
    this.preview.hidden = true;
    this.element.style.setProperty("--hovered", 0);
  }

  /** Draws the bar as the video stands now. */
  update() {
    const { duration, video } = this.#player;
    const time = this.#scrubbing ?? video.currentTime;
    this.element.style.setProperty("--played", duration ? Math.min(1, time / duration) : 0);
    this.element.setAttribute("aria-valuemax", String(Math.floor(duration)));
    this.element.setAttribute("aria-valuenow", String(Math.floor(time)));
    const chapter = this.#player.chapters.at(time);
    this.element.setAttribute("aria-valuetext", `${spoken(time)} of ${spoken(duration)}${chapter ? `, ${chapter.title}` : ""}`);
  }

  updateBuffered() {
    const { duration, video } = this.#player;
    let end = 0;
    for (let index = 0; index < video.buffered.length; index += 1) {
      if (video.buffered.start(index) <= video.currentTime + 0.5) end = Math.max(end, video.buffered.end(index));
    }
    this.buffered.style.setProperty("--loaded", duration ? Math.min(1, end / duration) : 0);
  }
}

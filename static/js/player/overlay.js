/** What lies over the picture: the big play button, the spinner, the short notes and the error card. */
import { icon, make } from "../basics/dom.js";

const NOTE_MS = 900;
const SPINNER_AFTER_MS = 350;
const EXPLAIN_AFTER_MS = 3000;

export class Overlay {
  #player;
  #noteTimer = 0;
  #spinTimer = 0;
  #explainTimer = 0;
  #isBusy = false;

  constructor(player) {
    this.#player = player;
    this.big = make("button", { type: "button", class: "player-big", "aria-label": "Play" }, icon("play", "icon-filled"));
    this.note = make("div", { class: "player-note", "aria-live": "polite", hidden: true });
    this.wait = make("p", { class: "player-wait" });
    this.spinner = make("div", { class: "player-spinner", role: "status", hidden: true }, make("span", { class: "spinner" }), this.wait);
    this.error = make("div", { class: "player-error", role: "alert", hidden: true });
    this.elements = [this.spinner, this.note, this.big, this.error];
    this.big.addEventListener("click", () => {
      player.root.focus({ preventScroll: true });
      player.play();
    });
    this.#watch(player.video);
  }

  #watch(video) {
    for (const name of ["waiting", "seeking"]) video.addEventListener(name, () => this.#spin());
    for (const name of ["playing", "seeked", "canplay", "pause", "ended", "emptied"]) video.addEventListener(name, () => this.stopSpinning());
    video.addEventListener("play", () => {
      this.big.hidden = true;
      if (video.readyState < 3) this.#spin();
    });
  }

  /** A short note in the middle: "1.25×", "40 %". */
  show(text, iconName = null) {
    clearTimeout(this.#noteTimer);
    this.note.replaceChildren(...(iconName ? [icon(iconName)] : []), text);
    this.note.hidden = false;
    this.#noteTimer = setTimeout(() => (this.note.hidden = true), NOTE_MS);
  }

  #spin() {
    clearTimeout(this.#spinTimer);
    clearTimeout(this.#explainTimer);
    this.#spinTimer = setTimeout(() => (this.spinner.hidden = false), SPINNER_AFTER_MS);
    this.#explainTimer = setTimeout(() => (this.wait.textContent = this.#reason()), EXPLAIN_AFTER_MS);
  }

  /** Why it takes long, where we know. */
  #reason() {
    if (navigator.onLine === false) return "You are offline. It plays on when the connection is back.";
    return this.#isBusy ? "This part is still being made. It plays in a moment." : "";
  }

  stopSpinning() {
    clearTimeout(this.#spinTimer);
    clearTimeout(this.#explainTimer);
    this.#isBusy = false;
    this.spinner.hidden = true;
    this.wait.textContent = "";
  }

  /** The site said "not yet". */
  noteBusy() {
    this.#isBusy = true;
  }

  /** In words; what programs call it is folded away. */
  fail({ title, text, detail }) {
    this.stopSpinning();
    this.big.hidden = true;
    const retry = make("button", { type: "button", class: "button button-primary", onclick: () => this.#player.retry() }, icon("rotate-cw"), "Retry");
    this.error.replaceChildren(
      icon("circle-alert"),
      make("strong", {}, title),
      make("p", {}, text),
      retry,
      detail ? make("details", {}, make("summary", {}, "Details"), make("code", {}, detail)) : "",
    );
    this.error.hidden = false;
  }

  clearError() {
    this.error.hidden = true;
  }
}

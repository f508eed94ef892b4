/** Mouse and fingers on the picture: play, full screen, double-tap to seek, and when the controls hide. */

const IDLE_MS = 2800;
const DOUBLE_MS = 300;
const TAP_SEEK_S = 10;

export class Pointer {
  #player;
  #idleTimer = 0;
  #tapTimer = 0;
  #lastTap = { at: 0, side: "" };

  constructor(player, surface) {
    this.#player = player;
    const { root, video } = player;
    for (const name of ["pointermove", "pointerdown", "keydown", "focusin"]) root.addEventListener(name, (event) => this.#onSign(event));
    root.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && this.#rest(600));
    for (const name of ["play", "playing", "pause", "ended"]) video.addEventListener(name, () => this.wake());
    player.signal.addEventListener("abort", () => clearTimeout(this.#idleTimer));
    surface.addEventListener("click", (event) => this.#onClick(event));
    surface.addEventListener("dblclick", (event) => this.#lastTap.type !== "touch" && this.#onDouble(event));
    this.wake();
  }

  /** Shows the controls and lets them hide after a while of nothing. */
  wake() {
    delete this.#player.root.dataset.idle;
    this.#rest(IDLE_MS);
  }

  /** A touch on the picture itself is judged when it is a click: it may be there to hide the controls. */
  #onSign(event) {
    if (event.pointerType === "touch" && event.target.closest(".player-surface")) return;
    this.wake();
  }

  #rest(delay) {
    clearTimeout(this.#idleTimer);
    if (this.#player.signal.aborted) return;
    this.#idleTimer = setTimeout(() => this.#hide(), delay);
  }

  #hide() {
    const { root, video } = this.#player;
    const isBusy = video.paused || "menu" in root.dataset || "scrubbing" in root.dataset;
    if (isBusy || root.querySelector(".player-controls :focus-visible")) this.#rest(IDLE_MS);
    else root.dataset.idle = "";
  }

  #onClick(event) {
    this.#player.root.focus({ preventScroll: true });
    this.#lastTap.type = event.pointerType;
    if (event.pointerType === "touch") this.#onTap(event);
    else this.#player.toggle();
  }

  #onDouble() {
    this.#player.screens.toggleFull();
  }

  #side(event) {
    const box = this.#player.root.getBoundingClientRect();
    const part = (event.clientX - box.left) / box.width;
    return part < 0.36 ? "left" : part > 0.64 ? "right" : "middle";
  }

  /** One tap shows or hides the controls; a second one soon after, at a side, seeks. */
  #onTap(event) {
    const side = this.#side(event);
    const isSecond = event.timeStamp - this.#lastTap.at < DOUBLE_MS && side === this.#lastTap.side;
    Object.assign(this.#lastTap, { at: event.timeStamp, side });
    clearTimeout(this.#tapTimer);
    if (isSecond && side !== "middle") {
      this.#player.seekBy(side === "left" ? -TAP_SEEK_S : TAP_SEEK_S);
      return;
    }
    this.#tapTimer = setTimeout(() => this.#toggleControls(), DOUBLE_MS);
  }

  #toggleControls() {
    const { root, video } = this.#player;
    if ("idle" in root.dataset || video.paused) {
      this.wake();
    } else {
      root.dataset.idle = "";
    }
  }
}

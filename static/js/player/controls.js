/** The row of buttons under the time bar. */
import { changeIcon, icon, make } from "../basics/dom.js";
import { clock, lengthClock } from "./format.js";
import { nextLink } from "./next.js";
import { canPictureInPicture } from "./screens.js";

function control(iconName, label, className = "", filled = false) {
  const svg = icon(iconName, filled ? "icon-filled" : "");
  return make("button", { type: "button", class: `player-button ${className}`.trim(), "aria-label": label, title: label }, svg);
}

/** Names a control for the eye and the ear; the tooltip tells its key too. */
function rename(button, label, key, iconName) {
  button.setAttribute("aria-label", label);
  button.title = `${label} (${key})`;
  if (iconName) changeIcon(button.firstElementChild, iconName);
}

export class Controls {
  #player;

  constructor(player, seekbar) {
    this.#player = player;
    this.seekbar = seekbar;
    this.play = control("play", "Play", "", true);
    this.next = control("skip-forward", "Next video");
    this.mute = control("volume-2", "Mute");
    this.volume = make("input", { type: "range", class: "player-volume", min: "0", max: "1", step: "0.05", "aria-label": "Volume" });
    this.time = make("span", { class: "player-time" });
    this.chapter = player.chapters.button;
    this.captions = control("captions", "Captions");
    this.settings = control("settings", "Settings", "player-settings");
    this.pip = control("picture-in-picture-2", "Picture in picture", "player-roomy");
    this.theatre = control("theatre", "Theatre mode", "player-roomy player-theatre");
    this.full = control("maximize", "Full screen");
    this.element = make(
      "div",
      { class: "player-controls" },
      seekbar.wrap,
      make(
        "div",
        { class: "player-row" },
        this.play,
        this.next,
        make("div", { class: "player-volume-group" }, this.mute, this.volume),
        this.time,
        this.chapter,
        make("span", { class: "player-space" }),
        this.captions,
        this.settings,
        player.remote.button,
        this.pip,
        this.theatre,
        this.full,
      ),
    );
    this.#connect();
    this.#update();
  }

  #connect() {
    const player = this.#player;
    this.play.addEventListener("click", () => player.toggle());
    this.next.addEventListener("click", () => player.next.go());
    this.mute.addEventListener("click", () => player.toggleMute());
    this.volume.addEventListener("input", () => player.setVolume(Number(this.volume.value)));
    this.chapter.addEventListener("click", () => (player.menu.isOpen ? player.menu.close() : player.menu.open("Chapters")));
    this.captions.addEventListener("click", () => player.captions.toggle());
    this.pip.addEventListener("click", () => player.screens.togglePictureInPicture());
    this.theatre.addEventListener("click", () => player.screens.toggleTheatre());
    this.full.addEventListener("click", () => player.screens.toggleFull());
    this.pip.hidden = !canPictureInPicture(player.video);
    for (const name of ["timeupdate", "durationchange", "seeking", "seeked"]) {
      player.video.addEventListener(name, () => this.#updateTime());
    }
    player.video.addEventListener("progress", () => this.seekbar.updateBuffered());
    for (const name of ["play", "pause", "ended", "seeking", "volumechange"]) player.video.addEventListener(name, () => this.#update());
    for (const name of ["screenchange", "captionschange"]) player.root.addEventListener(`vod:${name}`, () => this.#update());
  }

  #updateTime() {
    const { video, duration } = this.#player;
    this.seekbar.update();
    this.seekbar.updateBuffered();
    this.time.textContent = `${clock(video.currentTime)} / ${lengthClock(duration)}`;
  }

  #update() {
    this.#updatePlay();
    this.#updateSound();
    this.#updateScreens();
    this.#updateTime();
  }

  #updatePlay() {
    const { video } = this.#player;
    const link = nextLink();
    this.next.hidden = !link;
    if (link) rename(this.next, `Next: ${link.dataset.title}`, "Shift+N");
    const [label, iconName] = video.ended ? ["Play again", "rotate-ccw"] : video.paused ? ["Play", "play"] : ["Pause", "pause"];
    rename(this.play, label, "k", iconName);
    this.play.firstElementChild.classList.toggle("icon-filled", !video.ended);
  }

  #updateSound() {
    const { video, volume } = this.#player;
    const level = video.muted ? 0 : volume;
    rename(this.mute, level ? "Mute" : "Unmute", "m", level === 0 ? "volume-x" : level < 0.5 ? "volume-1" : "volume-2");
    this.volume.value = String(level);
    this.volume.style.setProperty("--level", level);
  }

  #updateScreens() {
    const { screens, captions } = this.#player;
    rename(this.full, screens.isFull ? "Leave full screen" : "Full screen", "f", screens.isFull ? "minimize" : "maximize");
    rename(this.theatre, screens.isTheatre ? "Leave theatre mode" : "Theatre mode", "t");
    rename(this.pip, "Picture in picture", "i");
    rename(this.captions, "Captions", "c");
    this.captions.hidden = captions.tracks.length === 0;
    this.captions.setAttribute("aria-pressed", String(Boolean(captions.current && !captions.isAutomatic)));
  }
}

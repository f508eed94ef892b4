/** How large the picture is shown: full screen, picture in picture, theatre mode (remembered). */
import { recall, remember } from "../basics/memory.js";

export function canPictureInPicture(video) {
  if (document.pictureInPictureEnabled) return !video.disablePictureInPicture;
  return Boolean(video.webkitSupportsPresentationMode?.("picture-in-picture"));
}

export class Screens {
  #player;

  constructor(player) {
    this.#player = player;
    this.isTheatre = recall("theatre", false);
    this.#markTheatre();
    document.addEventListener("fullscreenchange", () => this.#onChange(), { signal: player.signal });
    player.video.addEventListener("webkitendfullscreen", () => player.emit("screenchange"));
    if (matchMedia("(pointer: coarse)").matches) this.#followRotation();
  }

  get isFull() {
    return document.fullscreenElement === this.#player.root;
  }

  async toggleFull() {
    const { root, video } = this.#player;
    if (this.isFull) {
      await document.exitFullscreen();
    } else if (root.requestFullscreen) {
      await root.requestFullscreen({ navigationUI: "hide" }).catch(() => {});
      if (video.videoWidth > video.videoHeight) await screen.orientation?.lock?.("landscape").catch(() => {});
    } else {
      video.webkitEnterFullscreen?.(); // iPhones can show only the video element
    }
  }

  /** A phone that is turned shows what plays as large as it can, and as before when it is turned back. */
  #followRotation() {
    const { root, video, signal } = this.#player;
    let isByRotation = false;
    const onTurn = () => {
      const isWide = screen.orientation.type.startsWith("landscape");
      if (isWide && !video.paused && !this.isFull && video.videoWidth > video.videoHeight) {
        isByRotation = true;
        root.requestFullscreen?.({ navigationUI: "hide" }).catch(() => {}); // not every browser takes turning for a wish
      } else if (!isWide && this.isFull && isByRotation) {
        document.exitFullscreen();
      }
      if (!isWide) isByRotation = false;
    };
    screen.orientation?.addEventListener("change", onTurn, { signal });
  }

  async togglePictureInPicture() {
    const { video } = this.#player;
    if (!canPictureInPicture(video)) return;
    if (!document.pictureInPictureEnabled) {
      const mode = video.webkitPresentationMode === "picture-in-picture" ? "inline" : "picture-in-picture";
      video.webkitSetPresentationMode(mode);
    } else if (document.pictureInPictureElement) {
      await document.exitPictureInPicture();
    } else if (video.readyState > 0) {
      await video.requestPictureInPicture().catch(() => {});
    }
  }

  toggleTheatre() {
    this.isTheatre = !this.isTheatre;
    remember("theatre", this.isTheatre);
    this.#markTheatre();
    this.#player.emit("screenchange");
  }

  #markTheatre() {
    this.#player.root.toggleAttribute("data-theatre", this.isTheatre);
  }

  #onChange() {
    this.#player.root.toggleAttribute("data-full", this.isFull);
    this.#player.emit("screenchange");
  }
}

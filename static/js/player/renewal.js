/** Loading the playlist anew, when the page says that better qualities have arrived ("vod:refresh"). */
import { make } from "../basics/dom.js";

export class Renewal {
  #player;
  #isDue = false;

  constructor(player) {
    this.#player = player;
    player.root.addEventListener("vod:refresh", () => this.#onRefresh());
    for (const name of ["pause", "seeking"]) player.video.addEventListener(name, () => this.#isDue && this.renew());
  }

  /** Never in the middle of watching: then at the next pause or seek, where a moment of loading is expected. */
  #onRefresh() {
    const { video } = this.#player;
    this.#isDue = true;
    if (video.paused) this.renew();
  }

  /** Loads everything anew, at once. */
  renew() {
    this.#isDue = false;
    this.#freeze();
    this.#player.reload();
  }

  /** The picture of now stays until the new one is there. */
  #freeze() {
    const { video } = this.#player;
    if (video.readyState < 2 || !("started" in this.#player.root.dataset)) return;
    const canvas = make("canvas", { class: "player-video player-frozen", width: video.videoWidth, height: video.videoHeight });
    canvas.getContext("2d").drawImage(video, 0, 0);
    video.after(canvas);
    const thaw = () => canvas.remove();
    video.addEventListener("seeked", thaw, { once: true });
    video.addEventListener("loadeddata", thaw, { once: true });
    video.addEventListener("playing", thaw, { once: true });
  }
}

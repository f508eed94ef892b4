/** Loading the playlist anew, when the page says that other qualities have arrived ("vod:refresh"). */
import { make } from "../basics/dom.js";

export class Renewal {
  #player;
  #isDue = false;

  constructor(player) {
    this.#player = player;
    player.root.addEventListener("vod:refresh", ({ detail }) => this.#onRefresh(detail?.address));
    for (const name of ["pause", "seeking", "waiting"]) {
      player.video.addEventListener(name, () => this.#isDue && this.renew());
    }
  }

  /** Never in the middle of watching: then where a moment of loading is expected, or what was there is used up. */
  #onRefresh(address) {
    const { video, source } = this.#player;
    if (address) source.address = address;
    this.#isDue = true;
    if (video.paused || video.readyState < video.HAVE_FUTURE_DATA) this.renew();
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

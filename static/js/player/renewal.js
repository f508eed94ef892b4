/**
 * Loading the playlist anew: when the page says that other qualities have arrived ("vod:refresh"), and at another address
 * when the one of before opens nothing any more (it ends after some hours, and when who may watch has changed).
 */
import { make } from "../basics/dom.js";

const REFUSALS = [401, 403, 404];
const NOT_AGAIN_MS = 30_000;

/** The address that whoever looks at this page may use now; null when there is none. */
async function askAddress(page) {
  const answer = await fetch(page, { headers: { "HX-Request": "true", "HX-Request-Type": "partial" } });
  if (!answer.ok) return null;
  const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
  return parsed.querySelector("[data-address]")?.dataset.address || null;
}

export class Renewal {
  #player;
  #isDue = false;
  #renewedAt = -Infinity;

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

  /** After a failure: whether another address was found, at which playing goes on. */
  async findAddress(failure) {
    const { root, source } = this.#player;
    if (!REFUSALS.includes(failure.status) || performance.now() - this.#renewedAt < NOT_AGAIN_MS) return false;
    this.#renewedAt = performance.now();
    const address = root.dataset.status ? await askAddress(root.dataset.status).catch(() => null) : null;
    if (!address || new URL(address, location.href).href === new URL(source.address, location.href).href) return false;
    source.address = address;
    this.renew();
    return true;
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

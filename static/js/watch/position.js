/**
 * Remembers how far a video was watched: for a signed-in person on the site, for a visitor in this browser. Soon after
 * playing began, then less and less often, when it pauses or ends, when a link is about to be followed, and when the page is
 * hidden or left.
 */
import { keepHere } from "./kept.js";

const SOON_S = 1;
const EVERY_S = 15;
const LEAST_STEP_S = 1;
const LEAST_GAP_MS = 4000; // also while somebody drags along the seek bar

/** The place where a video is, and which of it was told. Times of the wall are in milliseconds. */
export class Place {
  #now = null;
  #begun = null;
  #step = SOON_S;
  #told = null;
  #toldAt = -Infinity;

  /** The video's clock shows `time`; says whether that is to be told. */
  look(time, wall) {
    this.#now = time;
    this.#begun ??= time;
    return Math.abs(time - (this.#told ?? this.#begun)) >= this.#step && wall - this.#toldAt >= LEAST_GAP_MS;
  }

  /** What there is to tell, which counts as told; null where nothing was played, or nothing since. The end is told to its
   * last moment: what is shorter than a step has been watched, too. */
  take(wall, { isEnd = false } = {}) {
    const step = this.#told === null ? Infinity : Math.abs(this.#now - this.#told);
    if (this.#now === null || step < (isEnd ? Number.MIN_VALUE : LEAST_STEP_S)) return null;
    this.#told = this.#now;
    this.#toldAt = wall;
    this.#step = Math.min(EVERY_S, 2 * this.#step);
    return this.#now;
  }
}

function send(address, seconds) {
  const token = document.querySelector("meta[name='csrf-token']").content;
  fetch(address, {
    method: "PUT",
    keepalive: true, // also while the page is being left
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify({ position_s: seconds }),
  }).catch(() => {}); // the next one may arrive
}

/** The address stands in data-position around the player; it is not there for visitors, and empty while nothing is to be kept. */
export function rememberPosition(signal) {
  const page = document.querySelector(".watch");
  if (!page) return;
  const address = page.dataset.position;
  const player = () => page.querySelector("[data-player]");
  const place = new Place();
  const tell = (how) => {
    const seconds = place.take(performance.now(), how);
    if (seconds === null) return;
    if (address) send(address, seconds);
    else if (address === undefined && player()) keepHere(player().dataset.video, seconds, Number(player().dataset.duration));
  };
  document.addEventListener(
    "vod:timeupdate",
    ({ detail }) => {
      if (detail.player.video.played.length === 0) return; // only the place where it would begin
      if (place.look(detail.time, performance.now())) tell();
    },
    { signal },
  );
  document.addEventListener("vod:pause", () => tell(), { signal });
  document.addEventListener("vod:ended", () => tell({ isEnd: true }), { signal });
  // The next page may be made before this one is left: the site is told as the pointer goes down, or a key is pressed.
  const onLink = ({ target }) => target.closest?.("a[href]") && tell();
  for (const name of ["pointerdown", "click"]) document.addEventListener(name, onLink, { signal, capture: true });
  document.addEventListener("visibilitychange", () => document.hidden && tell(), { signal });
  window.addEventListener("pagehide", () => tell(), { signal });
  signal.addEventListener("abort", () => tell());
}

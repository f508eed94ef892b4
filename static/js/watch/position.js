/**
 * Remembers how far a video was watched: for a signed-in person on the site, for a visitor in this browser. Every few
 * seconds of playing, when it pauses, and when the page is hidden or left.
 */
import { keepHere } from "./kept.js";

const EVERY_S = 15;
const LEAST_GAP_MS = 4000; // also while somebody drags along the seek bar

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
  const place = document.querySelector(".watch");
  if (!place) return;
  const address = place.dataset.position;
  const player = () => place.querySelector("[data-player]");
  let now = null;
  let sent = null;
  let sentAt = -Infinity;
  const tell = () => {
    if (now === null || (sent !== null && Math.abs(now - sent) < 1)) return;
    sent = now;
    sentAt = performance.now();
    if (address) send(address, now);
    else if (address === undefined && player()) keepHere(player().dataset.video, now, Number(player().dataset.duration));
  };
  document.addEventListener(
    "vod:timeupdate",
    ({ detail }) => {
      if (detail.player.video.played.length === 0) return; // only the place where it would begin
      now = detail.time;
      sent ??= now;
      if (Math.abs(now - sent) >= EVERY_S && performance.now() - sentAt > LEAST_GAP_MS) tell();
    },
    { signal },
  );
  for (const name of ["vod:pause", "vod:ended"]) document.addEventListener(name, tell, { signal });
  document.addEventListener("visibilitychange", () => document.hidden && tell(), { signal });
  window.addEventListener("pagehide", tell, { signal });
  signal.addEventListener("abort", tell);
}

/**
 * The playlist that is being played: its panel shows the present video, Shift+P leads to the one before, and where only a
 * part of the video belongs to the playlist, it ends there. What comes next is the player's (player/next.js).
 */
import { ownsKeys } from "../basics/dom.js";
import { recall } from "../basics/memory.js";
import { beginAt } from "../player/begin.js";

function showCurrent(panel) {
  const rows = panel.querySelector(".playing-rows");
  const current = rows.querySelector("[data-current]");
  if (current) rows.scrollTop = current.offsetTop - rows.offsetTop - rows.clientHeight / 3;
}

function goBack(event) {
  const link = document.querySelector("[data-previous-video]");
  const isPlain = !event.ctrlKey && !event.altKey && !event.metaKey && !event.defaultPrevented;
  if (!link || !isPlain || event.key !== "P" || !recall("keys", true)) return;
  if (document.querySelector("dialog:modal") || ownsKeys(event.target)) return;
  event.preventDefault();
  beginAt(link.href);
  link.click();
}

/** Once, when it is passed while playing: who seeks beyond it wants to see more. */
function endAt(stop, signal) {
  let last = 0;
  const look = ({ target, detail }) => {
    const isPassing = last < stop && detail.time >= stop && detail.time - last < 2;
    last = detail.time;
    if (!isPassing) return;
    target.player?.pause();
    target.querySelector("video").dispatchEvent(new Event("ended"));
  };
  document.addEventListener("vod:timeupdate", look, { signal });
}

/** Switching shuffle or loop, the video goes on where it is. */
function continueHere(link) {
  const video = document.querySelector("[data-player] video");
  if (!video) return;
  const address = new URL(link.href);
  if (video.currentTime > 1 && !video.ended) address.searchParams.set("t", Math.floor(video.currentTime));
  link.href = address.href;
  if (!video.paused) beginAt(address.href);
}

export function followList(signal) {
  const panel = document.querySelector("[data-playing]");
  if (!panel) return;
  showCurrent(panel);
  panel.addEventListener("click", ({ target }) => {
    const link = target.closest("a[data-continues]");
    if (link) continueHere(link);
  });
  document.addEventListener("keydown", goBack, { signal });
  const { stop } = panel.dataset;
  if (stop) endAt(Number(stop), signal);
}

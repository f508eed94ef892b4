/** The last link of the chain: it turns green when pictures of the test clip have really been shown. */
import "./basics/shared.js";
import { icon, make } from "./basics/dom.js";

const PLAYED_S = 0.5;
const PATIENCE_MS = 4000;

const link = document.querySelector("[data-link='Player']");
const player = document.querySelector("[data-player]");
const video = player?.querySelector("video");

function show(state, detail) {
  link.className = `step step-${state}`;
  link.querySelector("[data-link-detail]").textContent = detail;
  const mark = state === "running" ? make("span", { class: "spinner", "aria-hidden": "true" }) : icon(state === "done" ? "check" : "x");
  link.querySelector(".step-light").replaceChildren(mark);
  document.querySelector("#links [role='status']").textContent = `Player: ${detail}`;
}

function head(title, text) {
  document.querySelector("[data-proof-title]").textContent = title;
  document.querySelector("[data-proof-text]").textContent = text;
}

function onFailed({ detail }) {
  show("failed", [detail?.title, detail?.text].filter(Boolean).join(". "));
  head("Everything works but the player", "The clip is there, and this browser cannot play it.");
}

/** A picture counts when the clock has moved and frames were decoded. */
function onTime() {
  if (video.currentTime < PLAYED_S || video.getVideoPlaybackQuality().totalVideoFrames === 0) return;
  video.removeEventListener("timeupdate", onTime);
  player.removeEventListener("vod:failed", onFailed);
  show("done", `Your browser plays it, ${video.videoWidth} × ${video.videoHeight}.`);
  head("Everything works", "The site made this clip itself, and sent it the way of every video.");
}

function askForPlay() {
  if (video.paused && video.currentTime < PLAYED_S) show("running", "Press play: your browser does not begin by itself.");
}

if (link && video) {
  show("running", "Your browser begins to play the clip.");
  video.addEventListener("timeupdate", onTime);
  player.addEventListener("vod:failed", onFailed);
  setTimeout(askForPlay, PATIENCE_MS);
}

// The last link of the set-up page: it turns green when pictures have really been shown.

const link = document.querySelector("[data-link='Player']");
const video = document.querySelector("video");
const PLAYED_S = 0.5;

function mark(state, text) {
  link.classList.remove("step-running");
  link.classList.add(`step-${state}`);
  link.querySelector("[data-link-detail]").textContent = text;
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${document.body.dataset.icons}#${state === "done" ? "check" : "x"}`);
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  icon.setAttribute("class", "icon");
  icon.setAttribute("aria-hidden", "true");
  icon.append(use);
  link.querySelector(".step-light").replaceChildren(icon);
}

function watch() {
  const frames = video.getVideoPlaybackQuality().totalVideoFrames;
  if (video.currentTime < PLAYED_S || frames === 0) return;
  video.removeEventListener("timeupdate", watch);
  mark("done", `Your browser plays it (${video.videoWidth} × ${video.videoHeight}).`);
}

if (link && video) {
  video.addEventListener("timeupdate", watch);
  video.addEventListener("error", () => mark("failed", "Your browser could not play the clip."));
}

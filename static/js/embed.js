/** The player on other sites: views are counted, and the title hides with the controls. */
import "./basics/shared.js";
import { onEachPage } from "./basics/pages.js";
import { watchPlayingLinks } from "./player/begin.js";
import { followList } from "./watch/list.js";
import { reportPlaying } from "./watch/plays.js";

/** The title opens the video where it stands now. */
function openAtThisTime() {
  const link = document.querySelector("[data-embed-title]");
  if (!link) return;
  const address = link.getAttribute("href");
  document.addEventListener("vod:timeupdate", ({ detail }) => {
    const seconds = Math.floor(detail.time);
    link.href = seconds > 5 ? `${address}?t=${seconds}` : address;
  });
  link.addEventListener("click", () => document.querySelector("[data-player]")?.player?.pause());
}

for (const start of [reportPlaying, openAtThisTime, followList]) onEachPage(start);
watchPlayingLinks();

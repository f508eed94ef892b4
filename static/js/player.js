/** The video player. Pages mark its place with data-player (templates/components/player.html). */
import "./basics/shared.js";
import { onEachPage } from "./basics/pages.js";
import { Player } from "./player/player.js";

function setUpPlayers() {
  for (const root of document.querySelectorAll("[data-player]")) {
    if (!root.player) new Player(root);
  }
}

function endPlayers() {
  for (const root of document.querySelectorAll("[data-player]")) root.player?.destroy();
}

onEachPage((signal) => {
  setUpPlayers();
  signal.addEventListener("abort", endPlayers);
});
document.addEventListener("htmx:after:swap", setUpPlayers); // a video that was being prepared has become playable

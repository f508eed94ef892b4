/** The video player. Pages mark its place with data-player (templates/components/player.html). */
import { Player } from "./player/player.js";

function setUpPlayers() {
  for (const root of document.querySelectorAll("[data-player]")) {
    if (!root.player) new Player(root);
  }
}

setUpPlayers();
document.addEventListener("htmx:after:swap", setUpPlayers); // a video that was being prepared has become playable

/** The video player. Pages mark its place with data-player (templates/components/player.html). */
import { Player } from "./player/player.js";

for (const root of document.querySelectorAll("[data-player]")) new Player(root);

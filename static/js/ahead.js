/**
 * Asks for the first files of a video while all other scripts are still on their way or being read: playlists, headers
 * and the first segments. It stands in the head of the page, behind the link that tells of the qualities; it is no
 * module, and must stay small, as the page waits for it.
 */
import { recall } from "./basics/memory.js";
import { chooseStart, readLevels } from "./player/start_level.js";
import { keptHere } from "./watch/kept.js";

const WIDE = "(min-width: 64rem)"; // things stand beside the player then: static/css/pages/watch.css

// Not there where a page comes into a document that is there already (behaviours/visits.js): then nothing is in time.
const told = document.currentScript?.previousElementSibling;
const levels = readLevels(told?.dataset.levels);

function ask(address) {
  const link = document.createElement("link");
  Object.assign(link, { rel: "preload", as: "fetch", crossOrigin: "anonymous", href: new URL(address, told.href) });
  document.head.append(link);
}

/** Whether it begins elsewhere than at the start: then another segment is the first. */
function goesOn() {
  return told.dataset.start || new URLSearchParams(location.search).has("t") || Boolean(keptHere()[told.dataset.video]);
}

/** How long the player's longer side will be, nearly: nothing of it is there yet. */
function guessSide() {
  const hasNeighbours = matchMedia(WIDE).matches && !recall("theatre", false);
  return window.innerWidth * (hasNeighbours ? Number(told.dataset.part) : 1) * window.devicePixelRatio;
}

if (levels.length && "MediaSource" in window && !navigator.connection?.saveData) {
  const wishes = { height: recall("quality", 0), bandwidth: recall("bandwidth", 0), side: guessSide() };
  told.dataset.level = chooseStart(levels, wishes).name;
  const files = goesOn() ? ["media.m3u8", "init.mp4"] : ["media.m3u8", "init.mp4", "0.m4s"];
  for (const name of [told.dataset.level, told.dataset.sound].filter(Boolean)) files.forEach((file) => ask(`${name}/${file}`));
}

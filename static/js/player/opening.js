/** The first that is done with a video on a page: its element becomes ours, and it begins to load. All else can wait. */
import { keptHere, resumeAt } from "../watch/kept.js";
import { parseTime } from "./format.js";
import { Source } from "./source.js";

const opened = new WeakMap();

/**
 * The source of a player's pictures, which loads from now on, or has begun to before. With it whether it could begin
 * at all (`attached`), and the place where somebody goes on whom nobody has told to (`resumedAt`, seconds or 0).
 */
export function openSource(root) {
  if (!opened.has(root)) opened.set(root, open(root));
  return opened.get(root);
}

/** Nothing loads any more; another time begins anew. */
export function closeSource(root) {
  opened.get(root)?.source.detach();
  opened.delete(root);
}

function open(root) {
  const video = root.querySelector("video");
  takeOver(video);
  const asked = parseTime(new URLSearchParams(location.search).get("t"));
  const wanted = asked ?? Number(root.dataset.start ?? keptPlace(root));
  const startAt = wanted < Number(root.dataset.duration || Infinity) ? wanted : 0;
  const source = new Source(video, root.dataset.hls, levelOnItsWay(root.dataset.hls));
  const attached = source.attach(startAt);
  attached.catch(() => {}); // told by whoever plays it
  return { source, attached, resumedAt: asked === null ? startAt : 0 };
}

/** In which its first files have been asked for (../ahead.js), if they have. */
function levelOnItsWay(address) {
  const links = [...document.querySelectorAll("link[data-level]")];
  return links.find((link) => link.getAttribute("href") === address)?.dataset.level;
}

/** Replaces the browser's own controls, which are there for pages without script. */
function takeOver(video) {
  video.controls = false;
  video.querySelectorAll("source").forEach((source) => source.remove());
  video.removeAttribute("src");
  video.load(); // forgets the address that was in there, which the browser would ask for beside us
  video.preload = "auto";
}

/** Where a visitor stopped, in this browser. */
function keptPlace(root) {
  return document.querySelector("[data-visitor]") ? resumeAt(keptHere()[root.dataset.video]) : 0;
}

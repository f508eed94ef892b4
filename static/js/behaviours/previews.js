/**
 * The animated preview of a card: while somebody points at it or has its link in focus, the pictures of the seek bar
 * are shown one after another in the place of the poster. Nothing is loaded before; nothing moves for those who asked
 * for less motion or less data.
 */
import { make } from "../basics/dom.js";
import { parseStoryboard } from "../player/storyboard.js";

const AFTER_MS = 350;
const STEP_MS = 650;
const MOST_FRAMES = 14;

/** So many of the tiles, evenly spread over the video. */
export function chooseFrames(tiles, most = MOST_FRAMES) {
  const count = Math.min(most, tiles.length);
  return Array.from({ length: count }, (_, place) => tiles[Math.floor(((place + 0.5) * tiles.length) / count)]);
}

/** How a tile fills a box: covering it, or within it as upright posters are. */
export function fit(tile, box, isWhole) {
  const scales = [box.width / tile.width, box.height / tile.height];
  const scale = isWhole ? Math.min(...scales) : Math.max(...scales);
  return { scale, left: (box.width - tile.width * scale) / 2, top: (box.height - tile.height * scale) / 2 };
}

const known = new WeakMap(); // what was loaded for a thumb, for the next time
let running = null;

async function loadTiles(address) {
  const response = await fetch(address);
  return response.ok ? chooseFrames(parseStoryboard(await response.text(), new URL(address, location.href).href)) : [];
}

function load(thumb) {
  if (!known.has(thumb)) known.set(thumb, loadTiles(thumb.dataset.storyboard).catch(() => []));
  return known.get(thumb);
}

function loadSheet(url) {
  return make("img", { src: url }).decode();
}

function paint(frame, thumb, tile) {
  const { scale, left, top } = fit(tile, thumb.getBoundingClientRect(), thumb.classList.contains("thumb-portrait"));
  Object.assign(frame.style, {
    width: `${tile.width}px`,
    height: `${tile.height}px`,
    backgroundImage: `url("${tile.url}")`,
    backgroundPosition: `-${tile.x}px -${tile.y}px`,
    transform: `translate(${left}px, ${top}px) scale(${scale})`,
  });
}

/** Shows the frames until it is stopped; each sheet is loaded when its turn comes. */
async function play(thumb, signal) {
  const tiles = await load(thumb);
  if (tiles.length < 2) return;
  const frame = make("div", { class: "thumb-frame" });
  const preview = make("div", { class: "thumb-preview", "aria-hidden": "true" }, frame);
  signal.addEventListener("abort", () => preview.remove());
  for (let place = 0; !signal.aborted; place = (place + 1) % tiles.length) {
    await loadSheet(tiles[place].url);
    if (signal.aborted) return;
    paint(frame, thumb, tiles[place]);
    if (!preview.isConnected) thumb.append(preview);
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
}

function isWelcome() {
  return !matchMedia("(prefers-reduced-motion: reduce)").matches && !navigator.connection?.saveData;
}

function stop() {
  clearTimeout(running?.timer);
  running?.end.abort();
  running = null;
}

function start(card) {
  if (running?.card === card) return;
  stop();
  const thumb = card?.querySelector(".thumb[data-storyboard]");
  if (!thumb || !isWelcome()) return;
  const end = new AbortController();
  const timer = setTimeout(() => play(thumb, end.signal).catch(() => {}), AFTER_MS);
  running = { card, end, timer };
}

const cardOf = (element) => element?.closest?.(".card") ?? null;

export function watchPreviews() {
  document.addEventListener("pointerover", ({ target, pointerType }) => pointerType === "mouse" && start(cardOf(target)));
  document.documentElement.addEventListener("pointerleave", stop);
  document.addEventListener("focusin", ({ target }) => target.matches(":focus-visible") && start(cardOf(target)));
  document.addEventListener("focusout", ({ relatedTarget }) => cardOf(relatedTarget) !== running?.card && stop());
  document.addEventListener("visibilitychange", stop);
}

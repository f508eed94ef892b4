/** The list of chapters under the player: marks the current one, shows a picture of each, and tells the player of others. */
import { Storyboard } from "../player/storyboard.js";

const TILE_PX = [96, 54]; // as the stylesheet reserves it
const MARGIN = "200px";

const named = () => document.getElementById("watch-status")?.dataset.chapters ?? "[]";
const list = () => document.querySelector("[data-chapter-list]");

function mark(start) {
  for (const link of list()?.querySelectorAll("[data-seek]") ?? []) {
    if (start !== null && Math.abs(Number(link.dataset.seek) - start) < 0.001) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

async function paint(place) {
  const storyboard = new Storyboard(place.dataset.storyboard);
  await storyboard.load();
  for (const link of place.querySelectorAll("[data-seek]")) {
    storyboard.paint(link.querySelector("[data-tile]"), Number(link.dataset.seek) + 0.5, ...TILE_PX);
  }
}

/** The pictures are loaded when the list comes near. */
function paintWhenNear(signal) {
  const place = list();
  if (!place?.dataset.storyboard) return;
  const observer = new IntersectionObserver(
    ([entry]) => {
      if (!entry.isIntersecting) return;
      observer.disconnect();
      paint(place);
    },
    { rootMargin: MARGIN },
  );
  observer.observe(place);
  signal.addEventListener("abort", () => observer.disconnect());
}

export function followChapters(signal) {
  const page = document.querySelector(".watch");
  if (!page) return;
  let known = named();
  let current = document.querySelector("[data-player]")?.player?.chapters.currentStart ?? null;
  let shown = list();
  const renew = () => {
    mark(current);
    paintWhenNear(signal);
  };
  document.addEventListener("vod:chapterchange", ({ detail }) => mark((current = detail.start)), { signal });
  const observer = new MutationObserver(() => {
    const now = named();
    if (now !== known) {
      known = now;
      document.querySelector("[data-player]")?.dispatchEvent(new CustomEvent("vod:chapters", { detail: { chapters: JSON.parse(now) } }));
    }
    if (list() !== shown) {
      shown = list();
      renew();
    }
  });
  observer.observe(page, { childList: true, subtree: true });
  signal.addEventListener("abort", () => observer.disconnect());
  renew();
}

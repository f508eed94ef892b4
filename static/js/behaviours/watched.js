/** What a visitor without an account has watched in this browser: bars on the pictures of videos. */
import { make } from "../basics/dom.js";
import { keptHere } from "../watch/kept.js";

/** People who are signed in have theirs from the site. */
export function markWatched() {
  if (!document.querySelector("[data-visitor]")) return;
  const known = keptHere();
  for (const thumb of document.querySelectorAll("a.thumb")) {
    const seen = known[new URL(thumb.href).pathname.split("/")[2]];
    if (!seen || thumb.querySelector(".thumb-watched")) continue;
    thumb.append(make("progress", { class: "thumb-watched", max: seen[1], value: seen[0], "aria-label": "Watched" }));
  }
}

export function watchWatched() {
  document.addEventListener("htmx:after:swap", markWatched);
}

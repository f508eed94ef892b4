/** The comment that an address leads to comes into view as soon as it is there; once on each page. */
import { onEachPage } from "../basics/pages.js";

let isShown = false;

function show() {
  const comment = document.querySelector(".comment-linked");
  if (!comment || isShown) return;
  isShown = true;
  comment.scrollIntoView({ block: "center" });
  comment.focus({ preventScroll: true });
}

export function showLinked() {
  onEachPage(() => {
    isShown = false;
    show();
  });
  document.addEventListener("htmx:after:swap", show);
}

/** Long comments show their first lines, as soon as they are there. */
import { onEachPage } from "../basics/pages.js";
import { fold } from "../watch/folding.js";

function foldNew() {
  for (const text of document.querySelectorAll("[data-fold]")) {
    text.removeAttribute("data-fold");
    fold(text);
  }
}

export function foldLong() {
  onEachPage(foldNew);
  document.addEventListener("htmx:after:swap", foldNew);
}

/** A frame on another site whose video is still to come: it looks again by itself, until there is something to play. */
import "./basics/shared.js";
import { watchTimes } from "./behaviours/times.js";

const OUR_TROUBLE = 500;
const TOO_OFTEN = 429;

const pause = () => Number(document.querySelector("[data-next-look-s]").dataset.nextLookS) * 1000;

/** What the page says now, or nothing where the site cannot tell at this moment. */
async function ask() {
  const response = await fetch(location.href).catch(() => null);
  if (!response || response.status >= OUR_TROUBLE || response.status === TOO_OFTEN) return null;
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

async function look() {
  const page = await ask();
  const waiting = page?.querySelector("[data-next-look-s]");
  if (page && !waiting) {
    location.reload();
    return;
  }
  if (waiting) document.querySelector("[data-next-look-s]").replaceWith(document.adoptNode(waiting));
  watchTimes();
  setTimeout(look, pause());
}

watchTimes();
setTimeout(look, pause());

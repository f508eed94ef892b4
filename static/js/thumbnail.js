/** Choosing the picture of a video, in its editor and in its row on the upload page. */
import "./basics/shared.js";
import { onEachPage } from "./basics/pages.js";
import { Crop, watchPictures } from "./thumbnail/crop.js";
import "./player/opening.js"; // one file with the source of pictures, as for players
import { Scrubber } from "./thumbnail/scrubber.js";

const parts = new Map();

/** Begins what is new on the page, and ends what has left it. */
function setUp() {
  for (const [element, part] of parts) {
    if (element.isConnected) continue;
    part.end();
    parts.delete(element);
  }
  for (const form of document.querySelectorAll("[data-scrubber]")) if (!parts.has(form)) parts.set(form, new Scrubber(form));
  for (const form of document.querySelectorAll("[data-picture-form]")) if (!parts.has(form)) parts.set(form, new Crop(form));
}

onEachPage(() => setTimeout(setUp)); // after the rows of uploads have taken their places
document.addEventListener("htmx:after:swap", setUp);
watchPictures((form) => parts.get(form));

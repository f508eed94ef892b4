/** The first picture of the video comes before whatever else the page asks for. */

const PATIENCE_MS = 3000;

/** Fulfilled when it is there; at once where there is no player, and after a while where it does not come. */
export function firstPicture() {
  const video = document.querySelector("[data-player] video");
  if (!video || video.readyState >= video.HAVE_CURRENT_DATA) return Promise.resolve();
  return new Promise((resolve) => {
    video.addEventListener("loadeddata", resolve, { once: true });
    video.closest("[data-player]").addEventListener("vod:failed", resolve, { once: true });
    setTimeout(resolve, PATIENCE_MS);
  });
}

/** Comments that are in view from the beginning: htmx is told of it later ("intersect" is its own event). */
export function holdComments(signal) {
  let isTime = false;
  const held = new Set();
  const hold = (event) => {
    if (isTime || event.target.id !== "comments") return;
    event.stopImmediatePropagation();
    held.add(event.target);
  };
  document.addEventListener("intersect", hold, { capture: true, signal });
  firstPicture().then(() => {
    isTime = true;
    for (const place of held) place.dispatchEvent(new CustomEvent("intersect"));
  });
}

/** Tells the site of a view: once, when the player has played for ten seconds or a third of a short video. */

const LONG_ENOUGH_S = 10;
const LARGEST_STEP_S = 2; // more between two looks was a seek, not playing

function send(address) {
  fetch(address, { method: "POST", keepalive: true }).catch(() => {});
}

/** How many seconds were played between two looks at the clock. */
export function played(before, now) {
  const step = now - before;
  return step > 0 && step < LARGEST_STEP_S ? step : 0;
}

/** The address stands in data-views around the player. */
export function countView(signal) {
  const place = document.querySelector("[data-views]");
  if (!place) return;
  let last = 0;
  let seconds = 0;
  const look = ({ detail, target }) => {
    seconds += played(last, detail.time);
    last = detail.time;
    const length = Number(target.dataset.duration) || Infinity;
    if (seconds < Math.min(LONG_ENOUGH_S, length / 3)) return;
    document.removeEventListener("vod:timeupdate", look);
    send(place.dataset.views);
  };
  document.addEventListener("vod:timeupdate", look, { signal });
}

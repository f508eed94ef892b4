/** Tells the site how far a signed-in person has watched: every few seconds, when pausing, and when leaving. */

const EVERY_S = 10;

function send(address, seconds) {
  const token = document.querySelector("meta[name='csrf-token']").content;
  fetch(address, {
    method: "PUT",
    keepalive: true, // also while the page is being left
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify({ position_s: seconds }),
  }).catch(() => {}); // the next one may arrive
}

/** The address stands in data-position around the player; it is not there for visitors. */
export function rememberPosition(signal) {
  const address = document.querySelector("[data-position]")?.dataset.position;
  if (!address) return;
  let now = 0;
  let sent = 0;
  const tell = () => {
    if (Math.abs(now - sent) < 1) return;
    sent = now;
    send(address, now);
  };
  document.addEventListener("vod:timeupdate", ({ detail }) => {
    now = detail.time;
    if (Math.abs(now - sent) >= EVERY_S) tell();
  }, { signal });
  for (const name of ["vod:pause", "vod:ended"]) document.addEventListener(name, tell, { signal });
  window.addEventListener("pagehide", tell, { signal });
  signal.addEventListener("abort", tell);
}

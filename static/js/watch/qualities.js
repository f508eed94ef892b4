/** While the video is being processed the status line names its qualities; the player hears of new ones. */

const status = () => document.getElementById("watch-status")?.dataset ?? {};

export function followQualities(signal) {
  const page = document.querySelector(".watch");
  if (!page) return;
  let known = status().qualities ?? "";
  const observer = new MutationObserver(() => {
    const { qualities: now = "", address } = status();
    if (now === known) return;
    // A player that came with this answer has just read the playlist; one that was there before has an old one.
    const player = known ? document.querySelector("[data-player]") : null;
    known = now;
    player?.dispatchEvent(new CustomEvent("vod:refresh", { detail: { address } }));
  });
  observer.observe(page, { childList: true, subtree: true });
  signal.addEventListener("abort", () => observer.disconnect());
}

/** The status line names the captions of the video; the player and the transcript hear when there are others. */

const named = () => document.getElementById("watch-status")?.dataset.captions ?? "[]";

/** The tracks there are by now, as the API tells them. */
export function namedCaptions() {
  return JSON.parse(named());
}

export function followCaptions(signal) {
  const page = document.querySelector(".watch");
  if (!page) return;
  let known = named();
  const observer = new MutationObserver(() => {
    const now = named();
    if (now === known) return;
    known = now;
    document.querySelector("[data-player]")?.dispatchEvent(new CustomEvent("vod:captions", { detail: { captions: JSON.parse(now) } }));
    document.dispatchEvent(new CustomEvent("vod:captions-named"));
  });
  observer.observe(page, { childList: true, subtree: true });
  signal.addEventListener("abort", () => observer.disconnect());
}

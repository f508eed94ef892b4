/** Who comes back to the page after a while sees what has changed meanwhile: captions, chapters, the state. */

const AFTER_MS = 3000;

export function lookAgain(signal) {
  let leftAt = 0;
  const onVisibility = () => {
    if (document.hidden) leftAt = performance.now();
    else if (performance.now() - leftAt > AFTER_MS) document.getElementById("watch-status")?.dispatchEvent(new Event("watch-again"));
  };
  document.addEventListener("visibilitychange", onVisibility, { signal });
}

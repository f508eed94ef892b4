/** The switch beside "Up next": whether the next video begins by itself. The player's menu has the same. */
import { isAutoplayOn, switchAutoplay } from "../player/next.js";

export function offerAutoplay(signal) {
  const box = document.querySelector("[data-autoplay-next]");
  if (!box) return;
  box.checked = isAutoplayOn();
  box.addEventListener("change", () => switchAutoplay(box.checked));
  document.addEventListener("vod:autoplay", ({ detail }) => (box.checked = detail.on), { signal });
}

/** The player stands where watching stopped last time: says so, and offers to start over. */
import { make } from "../basics/dom.js";
import { clock } from "../player/format.js";

const SHOWN_WHILE_PLAYING_S = 8;

export function offerResume(signal) {
  const root = document.querySelector("[data-player][data-resumed]");
  if (!root) return;
  const at = Number(root.dataset.resumed);
  delete root.dataset.resumed;
  const chip = make("div", { class: "player-resume", role: "group", "aria-label": "Where to begin" });
  const leave = () => {
    if (chip.contains(document.activeElement)) root.focus({ preventScroll: true });
    chip.remove();
  };
  const begin = (time) => {
    leave();
    if (time !== null) root.player.seekTo(time);
    root.player.play();
  };
  chip.append(
    make("button", { type: "button", class: "player-resume-go", onclick: () => begin(null) }, `Continue at ${clock(at)}`),
    make("button", { type: "button", onclick: () => begin(0) }, "Start over"),
  );
  root.append(chip);
  const onTime = ({ detail }) => {
    if (Math.abs(detail.time - at) > SHOWN_WHILE_PLAYING_S) leave();
  };
  document.addEventListener("vod:timeupdate", onTime, { signal });
  signal.addEventListener("abort", () => chip.remove());
}

/** The editor of chapters: the player's place becomes a line of the list, and the player shows what was saved. */
import { onEachPage } from "./basics/pages.js";
import { clock, parseTime } from "./player/format.js";

const LINE_TIME = /^\s*(\d{1,3}(?::\d{2}){1,2})/;

/** The text with a line for this time where it belongs, and where its title is to be typed. */
export function insertLine(text, seconds) {
  const lines = text.split("\n").filter((line) => line.trim());
  const time = Math.floor(seconds);
  const isLater = (line) => (parseTime(LINE_TIME.exec(line)?.[1]) ?? -1) > time;
  const found = lines.findIndex(isLater);
  const place = found < 0 ? lines.length : found;
  lines.splice(place, 0, `${clock(time)} `);
  return { text: lines.join("\n"), caret: lines.slice(0, place + 1).join("\n").length };
}

const player = () => document.querySelector("[data-player]");
const section = () => document.querySelector("[data-chapters-text]")?.closest("[data-section]");

function add() {
  const field = section().querySelector("[data-chapters-text]");
  const { text, caret } = insertLine(field.value, player().player.video.currentTime);
  field.value = text;
  field.focus();
  field.setSelectionRange(caret, caret);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function showButton() {
  const button = section()?.querySelector("[data-chapter-here]");
  if (!button || !player()?.player) return;
  button.hidden = false;
  button.querySelector("span").textContent = `Add one at ${clock(player().player.video.currentTime)}`;
}

function tellPlayer() {
  const chapters = section()?.dataset.chapters;
  if (chapters) player()?.dispatchEvent(new CustomEvent("vod:chapters", { detail: { chapters: JSON.parse(chapters) } }));
}

onEachPage((signal) => {
  if (!player() || !section()) return;
  document.addEventListener("click", ({ target }) => target.closest?.("[data-chapter-here]") && add(), { signal });
  for (const name of ["vod:timeupdate", "vod:seeked", "vod:ready"]) document.addEventListener(name, showButton, { signal });
  let shown = section();
  const observer = new MutationObserver(() => {
    if (!section() || section() === shown) return;
    shown = section();
    tellPlayer();
    showButton();
  });
  observer.observe(document.getElementById("main") ?? document.body, { childList: true, subtree: true });
  signal.addEventListener("abort", () => observer.disconnect());
  showButton();
});

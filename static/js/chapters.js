/** The editor of chapters: the player's place becomes a line of the list, and the player shows what was saved. */
import "./basics/shared.js";
import { onEachPage } from "./basics/pages.js";
import { clock } from "./player/format.js";
import { insertLine } from "./studio/chapter_lines.js";

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

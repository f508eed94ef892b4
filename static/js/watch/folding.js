/** Long texts show their first lines and a button for the rest. Without this script all of a text is shown. */
import { make } from "../basics/dom.js";

export function fold(text) {
  text.classList.add("clamped");
  if (text.scrollHeight <= text.clientHeight + 1) {
    text.classList.remove("clamped");
    return;
  }
  const button = make("button", { type: "button", class: "button button-link", "aria-expanded": "false" }, "Show more");
  button.addEventListener("click", () => {
    const isFolded = text.classList.toggle("clamped");
    button.setAttribute("aria-expanded", String(!isFolded));
    button.textContent = isFolded ? "Show more" : "Show less";
  });
  text.after(button);
}

export function foldLongTexts() {
  document.querySelectorAll("[data-clamp]").forEach(fold);
}

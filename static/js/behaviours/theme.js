/** System, light or dark. The choice is a cookie, so that the server sends the page in it and nothing flashes. */
import { changeIcon } from "../basics/dom.js";

const ORDER = ["system", "light", "dark"];
const ICONS = { system: "monitor", light: "sun", dark: "moon" };
const YEAR_S = 365 * 24 * 3600;

function current() {
  return document.documentElement.dataset.theme ?? "system";
}

function apply(theme) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  const age = theme === "system" ? 0 : YEAR_S;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `theme=${theme}; Path=/; Max-Age=${age}; SameSite=Lax${secure}`;
}

function label(button) {
  const text = `Theme: ${current()}`;
  const words = button.querySelector("span");
  changeIcon(button.querySelector("svg"), ICONS[current()]);
  if (words) {
    words.textContent = text;
  } else {
    button.setAttribute("aria-label", text);
    button.title = text;
  }
}

function labelAll() {
  document.querySelectorAll("[data-theme-toggle]").forEach(label);
}

export function watchTheme() {
  labelAll();
  document.addEventListener("htmx:after:swap", labelAll);
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-theme-toggle]")) return;
    apply(ORDER[(ORDER.indexOf(current()) + 1) % ORDER.length]);
    labelAll();
  });
}

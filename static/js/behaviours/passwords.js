/** The eye button that shows what is typed in a password field. */
import { changeIcon } from "../basics/dom.js";

export function watchRevealButtons() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-reveal]");
    if (!button) return;
    const input = document.getElementById(button.dataset.reveal);
    const show = input.type === "password";
    input.type = show ? "text" : "password";
    button.setAttribute("aria-pressed", String(show));
    changeIcon(button.firstElementChild, show ? "eye-off" : "eye");
  });
}

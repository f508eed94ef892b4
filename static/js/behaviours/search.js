/** The / key goes to the search field. */
import { ownsKeys } from "../basics/dom.js";

export function watchSearchKey() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (ownsKeys(event.target)) return;
    const field = document.getElementById("site-query");
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
}

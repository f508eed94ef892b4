/**
 * Dialogs that htmx brings: a link with hx-target="#dialogs" is answered with one. It is shown at once; when it is
 * closed it is gone, and the focus is back where it was.
 */

let opener = null;

/** Noted at the click: until the answer is here, a menu with the link has closed. */
function noteOpener({ target }) {
  const link = target.closest?.('[hx-target="#dialogs"], [data-opens-dialog]');
  if (link) opener = link.closest("details[data-menu]")?.querySelector("summary") ?? link;
}

function show() {
  const dialog = document.querySelector("#dialogs > dialog:not([open])");
  if (!dialog) return;
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (opener?.isConnected) opener.focus({ preventScroll: true });
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-dialog-close]")) {
      event.preventDefault();
      dialog.close();
    }
  });
  dialog.showModal();
}

export function watchDialogs() {
  document.addEventListener("click", noteOpener, true);
  document.addEventListener("htmx:after:swap", show);
}

/**
 * Dialogs that htmx brings: a link with hx-target="#dialogs" is answered with one. It is shown at once; when it is
 * closed it is gone, and the focus is back where it was.
 */

let opener = null;

function show() {
  const dialog = document.querySelector("#dialogs > dialog:not([open])");
  if (!dialog) return;
  opener = document.activeElement?.closest("details[data-menu]")?.querySelector("summary") ?? document.activeElement;
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (opener?.isConnected) opener.focus();
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
  document.addEventListener("htmx:after:swap", show);
}

/** Ctrl+Enter sends; Cancel takes the form of an answer away, and the focus goes back to where it came from. */

function onKey(event) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  const form = event.target.closest?.(".comment-form");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit();
}

function onClick(event) {
  const cancel = event.target.closest?.("[data-close-form]");
  const opener = cancel && document.getElementById(cancel.dataset.closeForm);
  if (!opener) return;
  event.preventDefault();
  cancel.closest("form").remove();
  opener.focus();
}

/** The focus stands at the end of what is in the field already, such as the name of whom it answers. */
function onFocus({ target }) {
  if (target.matches?.(".comment-input[autofocus]")) target.setSelectionRange(target.value.length, target.value.length);
}

export function watchForms() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", onClick);
  document.addEventListener("focusin", onFocus);
}

/** Whether a video is in Watch later, on all of its cards, whichever button changed that. */

function show(button, isIn) {
  button.value = isIn ? "out" : "in";
  button.setAttribute("aria-pressed", String(isIn));
  button.title = isIn ? "Saved to watch later" : "Watch later";
}

export function watchLater() {
  document.addEventListener("later-changed", ({ detail }) => {
    for (const button of document.querySelectorAll(`[data-later="${detail.video}"]`)) show(button, detail.is_in);
  });
}

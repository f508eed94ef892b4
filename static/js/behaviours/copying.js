/** Buttons with data-copy put its text on the clipboard and say so. */
import { toast } from "./toasts.js";

/** The clipboard needs a secure page; where there is none, the old command still works. */
async function copy(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("copy was refused");
}

export function watchCopyButtons() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    try {
      await copy(button.dataset.copy);
      toast({ message: button.dataset.copyDone ?? "Copied", kind: "good" });
    } catch {
      toast({ message: `Your browser does not allow copying. The text is: ${button.dataset.copy}`, kind: "bad" });
    }
  });
}

/** Buttons with data-copy put its text on the clipboard and say so. */
import { copyText } from "../basics/clipboard.js";
import { toast } from "./toasts.js";

export function watchCopyButtons() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    try {
      await copyText(button.dataset.copy);
      toast({ message: button.dataset.copyDone ?? "Copied", kind: "good" });
    } catch {
      toast({ message: `Your browser does not allow copying. The text is: ${button.dataset.copy}`, kind: "bad" });
    }
  });
}

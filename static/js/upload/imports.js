/** Files that the site fetches from other servers: the forms of their videos, and addresses pasted anywhere on the page. */
import { fillInZones } from "../basics/zones.js";
import { Draft } from "./drafts.js";
import { More } from "./more.js";
import { numberIds } from "./row.js";

const ADDRESSES = /^(https?:\/\/\S+)(\s+https?:\/\/\S+)*$/i;
const TYPED_INTO = "input, textarea, select, [contenteditable]";

/** The form of an upload's row, for the video of an import; made when it is looked at for the first time. */
function furnish(fold, template) {
  const body = fold.querySelector(".fold-body");
  if (body.firstElementChild) return;
  const copy = template.content.firstElementChild.cloneNode(true);
  numberIds(copy);
  fillInZones(copy);
  const form = copy.querySelector("[data-form]");
  form.querySelector("[data-new-playlist]").remove(); // it is for the row of an upload
  const more = copy.querySelector("[data-more]");
  body.append(form, more);
  const { import: videoId } = fold.closest("[data-import]").dataset;
  new Draft(form, form.querySelector("[data-saved]")).attach(videoId);
  new More(more).attach(videoId);
}

/** `signal` aborts when the page is left. */
export function showImports(root, signal) {
  const list = root.querySelector("#import-list");
  const template = root.querySelector("template[data-row]");
  const look = () => {
    for (const fold of list.querySelectorAll("[data-import-form][open]")) furnish(fold, template);
  };
  list.addEventListener("toggle", look, { capture: true, signal });
  const watch = new MutationObserver(look);
  watch.observe(list, { childList: true });
  signal.addEventListener("abort", () => watch.disconnect());
  look();
  document.addEventListener("paste", (event) => paste(root, event), { signal });
}

function paste(root, event) {
  const form = root.querySelector("[data-import-begin]");
  const text = event.clipboardData?.getData("text/plain").trim() ?? "";
  if (!form || event.target.closest?.(TYPED_INTO) || !ADDRESSES.test(text)) return;
  event.preventDefault();
  const field = form.elements.addresses;
  field.value = [field.value.trim(), text.replace(/\s+/g, "\n")].filter(Boolean).join("\n");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  form.querySelector("[type='submit']").focus();
}

/** What is typed into a comment is kept until it is sent: also when the page is left, or somebody is signed out meanwhile. */
import { onEachPage } from "../basics/pages.js";
import { recall, remember } from "../basics/memory.js";

const NAME = "comment-drafts";
const MOST = 20;

const fields = (root) => [...(root?.querySelectorAll?.("[data-draft]") ?? [])];

/** The drafts with this one changed; the oldest go when there are too many, and an empty one is none. */
export function changed(drafts, key, text) {
  const rest = Object.entries(drafts).filter(([known]) => known !== key);
  return Object.fromEntries([...rest, ...(text.trim() ? [[key, text]] : [])].slice(-MOST));
}

function keep(key, text) {
  remember(NAME, changed(recall(NAME, {}), key, text));
}

function fill(root) {
  const drafts = recall(NAME, {});
  for (const field of fields(root)) {
    const draft = drafts[field.dataset.draft];
    if (draft && field.value.trim() === field.defaultValue.trim() && !field.getAttribute("aria-invalid")) field.value = draft;
  }
}

function forget(form) {
  for (const field of fields(form)) keep(field.dataset.draft, "");
}

export function keepDrafts() {
  document.addEventListener("input", ({ target }) => {
    if (target.matches?.("[data-draft]")) keep(target.dataset.draft, target.value);
  });
  document.addEventListener("click", ({ target }) => {
    if (target.closest?.("[data-close-form], [data-forget-draft]")) forget(target.closest("form"));
  });
  // Before what comes back is put in the place of the form: it was taken.
  document.addEventListener("htmx:before:swap", ({ detail }) => {
    const { sourceElement, response } = detail.ctx ?? {};
    if (sourceElement?.matches?.(".comment-form") && response?.status === 200) forget(sourceElement);
  });
  document.addEventListener("htmx:after:swap", () => fill(document));
  onEachPage(() => fill(document));
}

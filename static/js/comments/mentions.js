/**
 * Names after an @, offered while typing: arrows walk the list, Enter or Tab takes the name, Escape closes it. The field
 * keeps the focus, and is a combobox as long as the list is open (ARIA practices).
 */
import { make } from "../basics/dom.js";

const WAIT_MS = 150;
const TYPED = /(?:^|[^\w@/.])@([\w.-]{0,30})$/;

let list = null;
let field = null;
let timer = 0;
let asked = 0;

/** What was typed after the @ before the caret, or null. */
export function typedName(text, caret) {
  return TYPED.exec(text.slice(0, caret))?.[1] ?? null;
}

/** The text with the name in place of what was typed of it, and where the caret stands then. */
export function withName(text, caret, name) {
  const before = text.slice(0, caret).replace(/@[\w.-]*$/, () => `@${name} `);
  return { text: before + text.slice(caret).replace(/^ /, ""), caret: before.length };
}

const options = () => [...(list?.querySelectorAll("[role='option']") ?? [])];
const active = () => list?.querySelector("[aria-selected='true']");

function close() {
  asked += 1;
  clearTimeout(timer);
  list?.remove();
  list = null;
  for (const name of ["role", "aria-expanded", "aria-controls", "aria-autocomplete", "aria-activedescendant"]) field?.removeAttribute(name);
}

function activate(option) {
  active()?.setAttribute("aria-selected", "false");
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", option.id);
}

function open(markup) {
  close();
  const content = new DOMParser().parseFromString(markup, "text/html").body;
  if (!content.querySelector("[role='option']")) return;
  list = make("div", { class: "suggestions comment-names", id: "comment-names", role: "listbox", "aria-label": "People" }, ...content.childNodes);
  options().forEach((option, place) => (option.id = `comment-name-${place}`));
  field.after(list);
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-expanded", "true");
  field.setAttribute("aria-controls", list.id);
  activate(options()[0]);
}

async function ask(typed) {
  const number = ++asked;
  const answer = await fetch(`${field.dataset.mentions}?typed=${encodeURIComponent(typed)}`).catch(() => null);
  const markup = answer?.ok && !answer.redirected ? await answer.text() : "";
  if (number === asked && document.activeElement === field) open(markup);
}

function take(option) {
  const { text, caret } = withName(field.value, field.selectionStart, option.dataset.name);
  field.value = text;
  field.setSelectionRange(caret, caret);
  close();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function onInput({ target }) {
  if (!target.matches?.("[data-mentions]")) return;
  if (field !== target) close();
  field = target;
  clearTimeout(timer);
  const typed = typedName(target.value, target.selectionStart);
  if (typed === null) close();
  else timer = setTimeout(() => ask(typed), WAIT_MS);
}

function onKey(event) {
  if (!list || event.target !== field || event.isComposing) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    const all = options();
    activate(all.at((all.indexOf(active()) + step) % all.length));
  } else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") {
    take(active());
  } else if (event.key === "Escape") {
    close();
  } else {
    return;
  }
  event.preventDefault();
}

export function suggestNames() {
  document.addEventListener("input", onInput);
  document.addEventListener("keydown", onKey);
  document.addEventListener("pointerdown", (event) => {
    const option = event.target.closest?.(".comment-names [role='option']");
    if (!option) return;
    event.preventDefault(); // the field keeps the focus
    take(option);
  });
  document.addEventListener("focusout", ({ target }) => {
    if (target === field) close();
  });
}

/** Short messages in the corner. Anything may send one: a "toast" event on any element (HX-Trigger does that). */
import { icon, make } from "../basics/dom.js";
import { onEachPage } from "../basics/pages.js";

const ICONS = { good: "circle-check", bad: "circle-alert", info: "info" };
const ALIASES = { error: "bad", danger: "bad", warning: "bad", success: "good" };
const STAYS_MS = 6000;
const WITH_ACTION_STAYS_MS = 10000;
const MOST = 4;

function region() {
  return document.getElementById("toasts");
}

/** Removes the toast after a while, but never while the pointer or the focus is on it. */
function fadeLater(toast, delay) {
  const leave = () => {
    if (toast.matches(":hover, :focus-within")) setTimeout(leave, 1000);
    else toast.remove();
  };
  setTimeout(leave, delay);
}

function actionButton(action, toast) {
  return make(
    "button",
    {
      type: "button",
      class: "toast-action",
      onclick: () => {
        toast.remove();
        if (action.run) action.run();
        else window.htmx.ajax("POST", action.url, { source: document.body, swap: "none" });
      },
    },
    action.label,
  );
}

/** The same message is not shown twice at a time, of one thing only what was said last, and never more than a few. */
function makeRoom(list, message, about) {
  for (const old of [...list.children]) {
    const isOutdated = about && old.dataset.about === about;
    if (isOutdated || old.querySelector(".toast-text")?.textContent === message) old.remove();
  }
  while (list.children.length >= MOST) list.firstElementChild.remove();
}

function draw(message, kind, action, about) {
  const element = make("div", { class: `toast toast-${kind}`, "data-toast": kind, "data-about": about }, icon(ICONS[kind]));
  element.append(
    make("span", { class: "toast-text" }, message),
    action ? actionButton(action, element) : make("span"),
    make("button", { type: "button", class: "icon-button", "data-toast-close": true, "aria-label": "Close", title: "Close" }, icon("x")),
  );
  return element;
}

/**
 * Shows a message. kind is info, good (success) or bad (error); action is {label, url} (posted, as Undo is) or
 * {label, run}; about names the thing that was changed: what was said of it before, with its way back, is no longer so.
 * Errors stay until they are closed.
 */
export function toast({ message, kind = "info", action = null, about = null }) {
  const list = region();
  if (!list || !message) return;
  const known = ICONS[ALIASES[kind] ?? kind] ? (ALIASES[kind] ?? kind) : "info";
  makeRoom(list, message, about);
  const element = draw(message, known, action, about);
  list.append(element);
  if (known !== "bad") fadeLater(element, action ? WITH_ACTION_STAYS_MS : STAYS_MS);
}

export function watchToasts() {
  document.addEventListener("toast", ({ detail }) => toast(detail.value ? { message: detail.value } : detail));
  document.addEventListener("click", (event) => event.target.closest?.("[data-toast-close]")?.closest(".toast").remove());
  onEachPage(() => {
    for (const element of region()?.children ?? []) if (element.dataset.toast !== "bad") fadeLater(element, STAYS_MS);
  });
}

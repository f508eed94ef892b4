/**
 * Rows go to other places: dragged by their handles (mouse, pen, finger), by arrow keys on a handle, and by the menu's
 * entries. The page shows it at once, and takes it back when the site refuses. Each move is told to screen readers.
 */
import Sortable from "sortablejs";
import { toast } from "../behaviours/toasts.js";

const STEPS = { ArrowUp: "up", ArrowDown: "down", Home: "top", End: "bottom" };

function rows(list) {
  return [...list.querySelectorAll(":scope > [data-item]")];
}

/** Rows above the first one that is shown have places too. */
function renumber(list, first) {
  rows(list).forEach((row, index) => (row.querySelector("[data-place]").textContent = String(first + index)));
}

function firstPlace(list) {
  return Number(list.querySelector("[data-place]")?.textContent ?? 1);
}

async function send(row, where) {
  const body = new URLSearchParams({ ...where, csrf_token: document.querySelector('meta[name="csrf-token"]').content });
  const response = await fetch(row.dataset.moveUrl, { method: "POST", body, headers: { "HX-Request": "true", "HX-Request-Type": "partial" } });
  if (!response.ok) throw new Error(String(response.status));
  return Number(await response.text());
}

class Reordering {
  #queue = Promise.resolve();

  constructor(list, signal) {
    this.list = list;
    this.told = document.querySelector("[data-moved]");
    this.sortable = Sortable.create(list, {
      handle: "[data-handle]",
      draggable: "[data-item]",
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
      ghostClass: "list-entry-ghost",
      forceFallback: true, // one way for mouse, pen and finger, and it scrolls everywhere
      fallbackTolerance: 4,
      scrollSensitivity: 80,
      onStart: () => (this.first = firstPlace(list)),
      onEnd: ({ item, oldIndex, newIndex }) => oldIndex !== newIndex && this.#onDropped(item),
    });
    list.addEventListener("keydown", (event) => this.#onKey(event), { signal });
    list.addEventListener("click", (event) => this.#onClick(event), { signal });
    signal.addEventListener("abort", () => this.sortable.destroy());
  }

  #onDropped(row) {
    const above = row.previousElementSibling;
    const below = row.nextElementSibling;
    const where = above?.dataset.item ? { after: above.dataset.item } : { before: below.dataset.item };
    renumber(this.list, this.first);
    this.#tell(row, where);
  }

  #onKey(event) {
    const step = STEPS[event.key];
    const row = event.target.closest("[data-handle]")?.closest("[data-item]");
    if (!step || !row) return;
    event.preventDefault();
    this.#step(row, step, event.target);
  }

  #onClick(event) {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    event.preventDefault();
    const row = button.closest("[data-item]");
    this.#step(row, button.dataset.move, row.querySelector("[data-handle]"));
  }

  /** Where the new place is not on this page, the row stays the first or last one until the page is loaded anew. */
  #step(row, step, focused) {
    const first = firstPlace(this.list);
    const all = rows(this.list);
    const index = all.indexOf(row);
    const last = all.at(-1);
    if (step === "up" && index > 0) all[index - 1].before(row);
    if (step === "down" && index < all.length - 1) all[index + 1].after(row);
    if (step === "top" && index > 0) all[0].before(row);
    if (step === "bottom" && row !== last) last.after(row);
    renumber(this.list, first);
    row.scrollIntoView({ block: "nearest" });
    focused?.focus({ preventScroll: true });
    this.#tell(row, { to: step });
  }

  /** One after another, so that quick steps arrive in their order. */
  #tell(row, where) {
    this.#queue = this.#queue.then(async () => {
      try {
        const place = await send(row, where);
        row.querySelector("[data-place]").textContent = String(place);
        this.told.textContent = `${row.dataset.title} is now number ${place}.`;
        document.body.dispatchEvent(new CustomEvent("playlist-changed")); // its cover may be that of another video now
      } catch {
        toast({ message: "That could not be moved. Reload the page and try again.", kind: "bad" });
      }
    });
  }
}

export function setUpReordering(signal) {
  const list = document.querySelector("[data-reorder]");
  if (list) new Reordering(list, signal);
}

/**
 * The list under the search box, as a combobox (ARIA practices): arrows walk it, Enter goes there, Escape closes it, the
 * focus stays in the box. htmx fetches the options; without a script the box is a plain search field.
 */

const field = () => document.getElementById("site-query");
const list = () => document.getElementById("site-suggestions");
const options = () => [...list().querySelectorAll("[role='option']")];
const active = () => list().querySelector("[aria-selected='true']");

function activate(option) {
  active()?.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  if (option) field().setAttribute("aria-activedescendant", option.id);
  else field().removeAttribute("aria-activedescendant");
}

function show(isOpen) {
  activate(null);
  list().hidden = !isOpen;
  field().setAttribute("aria-expanded", String(isOpen));
}

/** What only a script makes true of the field; each page brings a new one. */
function become(box) {
  if (box.role === "combobox") return;
  box.role = "combobox";
  box.setAttribute("aria-expanded", "false");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list().id);
}

function walk(step) {
  const all = options();
  if (all.length === 0) return;
  if (list().hidden) show(true);
  const place = all.indexOf(active());
  const next = place < 0 && step < 0 ? all.length - 1 : place + step;
  activate(all[next] ?? null); // beyond the ends, back to what was typed
}

function onKey(event) {
  if (event.target !== field() || event.isComposing) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    walk(step);
  } else if (event.key === "Enter" && !list().hidden && active()) {
    event.preventDefault();
    active().click();
  } else if (event.key === "Escape" && !list().hidden) {
    event.preventDefault(); // the first Escape closes the list, the second one empties the field
    show(false);
  }
}

function onSwap(event) {
  const box = field();
  if (!box || event.detail.ctx?.target !== list()) return;
  options().forEach((option, place) => (option.id = `suggestion-${place}`));
  if (document.activeElement === box && box.role === "combobox") {
    show(options().length > 0 && box.value.trim() !== "");
  }
}

export function watchSuggestions() {
  document.addEventListener("focusin", (event) => {
    if (event.target === field()) become(event.target);
  });
  document.addEventListener("focusout", (event) => {
    if (event.target.closest?.(".site-search") && !event.relatedTarget?.closest?.(".site-search")) show(false);
  });
  document.addEventListener("input", (event) => {
    if (event.target === field() && event.target.value.trim() === "") show(false);
  });
  document.addEventListener("keydown", onKey);
  document.addEventListener("htmx:after:swap", onSwap);
}

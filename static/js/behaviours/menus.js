/** Closes <details data-menu> on Escape, on a click outside and when another one opens; arrow keys walk its items. */

const OPEN = "details[data-menu][open]";

function close(menu, refocus = false) {
  menu.open = false;
  if (refocus) menu.querySelector("summary").focus();
}

function items(menu) {
  return [...menu.querySelectorAll(".menu-panel :is(a[href], button:not([disabled]))")].filter((item) => item.offsetParent);
}

function onClick(event) {
  for (const menu of document.querySelectorAll(OPEN)) {
    const chosen = event.target.closest?.(".menu-item");
    if (!menu.contains(event.target) || (chosen && !chosen.hasAttribute("data-keep-open"))) close(menu);
  }
}

function onKey(event) {
  const menu = event.target.closest?.(OPEN) ?? document.querySelector(OPEN);
  if (!menu) return;
  if (event.key === "Escape") {
    close(menu, menu.contains(document.activeElement));
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && menu.contains(event.target)) {
    event.preventDefault();
    const all = items(menu);
    const next = all.indexOf(document.activeElement) + step;
    all.at(next === -2 ? -1 : next % all.length)?.focus();
  }
}

export function watchMenus() {
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", onKey);
  document.addEventListener(
    "focusout",
    (event) => {
      const menu = event.target.closest?.(OPEN);
      if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) close(menu);
    },
    true,
  );
}

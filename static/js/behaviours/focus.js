/**
 * Keeps the keyboard's place when htmx replaces what had the focus. htmx itself looks after elements with an id; this
 * looks after the others: the same control in the new content, else the new content itself.
 */

let lost = null;

/** What tells a control apart from its neighbours, in words that survive a re-rendering. */
function signature(element) {
  const name = element.getAttribute("name") ?? element.getAttribute("aria-label") ?? element.textContent.trim().slice(0, 60);
  return `${element.tagName} ${name}`;
}

function onBeforeSwap(event) {
  const active = document.activeElement;
  const target = event.detail.ctx?.target;
  lost = null;
  if (!active || active === document.body || !target?.contains?.(active)) return;
  lost = {
    signature: signature(active),
    toFirstNew: active.hasAttribute("data-focus-next"),
    before: target.previousElementSibling,
    parent: target.parentElement,
    id: target.id,
  };
}

function focusable(root) {
  return [...root.querySelectorAll("a[href], button, input, select, textarea, summary")].filter((element) => element.tabIndex >= 0);
}

function onAfterSwap() {
  if (!lost || (document.activeElement && document.activeElement !== document.body)) return;
  const fresh = lost.before ? lost.before.nextElementSibling : lost.parent?.firstElementChild;
  const root = (lost.id && document.getElementById(lost.id)) || fresh;
  const choices = root ? focusable(root) : [];
  const next = lost.toFirstNew ? choices[0] : choices.find((element) => signature(element) === lost.signature);
  if (next) {
    next.focus({ preventScroll: !lost.toFirstNew });
  } else if (root) {
    root.setAttribute("tabindex", "-1");
    root.focus({ preventScroll: true });
  }
  lost = null;
}

export function keepFocus() {
  document.addEventListener("htmx:before:swap", onBeforeSwap);
  document.addEventListener("htmx:after:swap", onAfterSwap);
}

/** A page that is opened to go on with watching plays by itself: the page before leaves word. */

const BEGIN = "vod.begin";
const ANY = "*";

/** The page at this address is to play when it is opened next. */
export function beginAt(address) {
  keep(new URL(address, location.href).pathname);
}

function keep(page) {
  try {
    sessionStorage.setItem(BEGIN, page);
  } catch {
    // Then it waits for a click.
  }
}

/** Links that say so lead to pages that play: data-plays, or data-plays="any" where the address leads on to another one. */
export function watchPlayingLinks() {
  document.addEventListener("click", ({ target, ctrlKey, metaKey, shiftKey }) => {
    const link = target.closest?.("a[data-plays]");
    if (!link || ctrlKey || metaKey || shiftKey) return;
    if (link.dataset.plays === "any") keep(ANY);
    else beginAt(link.href);
  });
}

/** Whether this page was opened so. */
export function takeBegin() {
  try {
    const begin = sessionStorage.getItem(BEGIN);
    sessionStorage.removeItem(BEGIN);
    return begin === location.pathname || begin === ANY;
  } catch {
    return false;
  }
}

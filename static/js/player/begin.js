/** A page that is opened to go on with watching plays by itself: the page before leaves word. */

const BEGIN = "vod.begin";

/** The page at this address is to play when it is opened next. */
export function beginAt(address) {
  try {
    sessionStorage.setItem(BEGIN, new URL(address, location.href).pathname);
  } catch {
    // Then it waits for a click.
  }
}

/** Whether this page was opened so. */
export function takeBegin() {
  try {
    const begin = sessionStorage.getItem(BEGIN);
    sessionStorage.removeItem(BEGIN);
    return begin === location.pathname;
  } catch {
    return false;
  }
}

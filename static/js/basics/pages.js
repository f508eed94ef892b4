/**
 * What is begun on a page, and ended when it is left. A page may be replaced while its document stays
 * (behaviours/visits.js): then what has begun must end by the signal that it was given.
 */

let here = new AbortController();
const starters = [];

function begin(start) {
  try {
    start(here.signal);
  } catch (error) {
    reportError(error); // one that fails does not keep the others from beginning
  }
}

/** Calls `start(signal)` for this page and for each that replaces it; the signal aborts when that page is left. */
export function onEachPage(start) {
  starters.push(start);
  begin(start);
}

/** The page is about to be replaced: all that was begun on it ends, while it is still there. */
export function leavePage() {
  here.abort();
  here = new AbortController();
}

/** Another page is there. */
export function enterPage() {
  for (const start of starters) begin(start);
}

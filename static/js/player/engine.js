/** What plays HLS: hls.js, in a file of its own (../hls.js, built by static/hls.mjs). */
let engine = null;

/** It is here. */
export function haveEngine(Hls) {
  engine = Hls;
}

/** Its class; a page that has not brought it asks for it now. */
export async function takeEngine() {
  if (!engine) await import("../hls.js");
  return engine;
}

/** How far a visitor without an account has watched, in this browser alone: {id: [seconds, length, when]}. */
import { recall, remember } from "../basics/memory.js";

const WATCHED = "watched";
const MOST_KEPT = 200;
const WORTH_RESUMING_S = 10;
const SEEN_PART = 0.95; // as the site has it for people: vod_web/services/positions.py

export const keptHere = () => recall(WATCHED, {});

/** Those that were watched last stay. */
export function keepHere(id, seconds, length) {
  if (!id || !(length > 0)) return;
  const kept = { ...keptHere(), [id]: [Math.round(seconds * 10) / 10, length, Date.now()] };
  const newest = Object.entries(kept).sort((one, other) => other[1][2] - one[1][2]);
  remember(WATCHED, Object.fromEntries(newest.slice(0, MOST_KEPT)));
}

/** Where watching goes on; 0 at the start: hardly begun, or as good as seen. */
export function resumeAt(seen) {
  if (!Array.isArray(seen)) return 0;
  const [seconds, length] = seen;
  return seconds >= WORTH_RESUMING_S && seconds <= SEEN_PART * length ? seconds : 0;
}

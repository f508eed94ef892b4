/** In which quality a video begins: decided before the engine is here, so that the first files can be on their way. */

/** Bits a second that are taken for granted where nothing was measured yet: a line of today, and no cautious beginning. */
const USUAL_LINE = 3_000_000;

/** "480p:854x480:1200000 720p:..." as a page tells of the qualities, the one of the fewest bits first. */
export function readLevels(text) {
  const levels = (text ?? "").split(" ").filter(Boolean).map((told) => {
    const [name, size, bitrate] = told.split(":");
    const [width, height] = size.split("x").map(Number);
    return { name, width, height, bitrate: Number(bitrate) };
  });
  return levels.sort((a, b) => a.bitrate - b.bitrate);
}

/**
 * The level to begin with, or undefined where there is none. `height` is what the viewer has chosen (0: as it fits),
 * `bandwidth` what was measured last (bits a second), `side` the longer side of the player in the screen's own pixels.
 */
export function chooseStart(levels, { height, bandwidth, side }) {
  const heightOf = (level) => Math.min(level.width, level.height);
  if (height) return levels.findLast((level) => heightOf(level) <= height) ?? levels[0];
  const carried = levels.filter((level) => level.bitrate <= (bandwidth || USUAL_LINE));
  const enough = levels.find((level) => Math.max(level.width, level.height) >= side);
  const best = carried.at(-1) ?? levels[0];
  return enough && enough.bitrate < best.bitrate ? enough : best;
}

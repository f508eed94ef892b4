/** How fast is it, how long does it take, and how is that said? */

const WINDOW_MS = 10_000;
const UNITS = [["TB", 1e12, 2], ["GB", 1e9, 2], ["MB", 1e6, 1], ["kB", 1e3, 0]];

/** The speed over the last seconds, from what has gone out until when. */
export class Meter {
  #points = [];

  add(bytes, now = performance.now()) {
    this.#points.push([now, bytes]);
    while (this.#points[0][0] < now - WINDOW_MS && this.#points.length > 2) this.#points.shift();
  }

  /** After a pause nothing of before counts. */
  restart() {
    this.#points = [];
  }

  /** Bytes a second; 0 until it can be known. */
  get speed() {
    const [first] = this.#points;
    const last = this.#points.at(-1);
    if (!first || last[0] - first[0] < 500) return 0;
    return Math.max(0, ((last[1] - first[1]) * 1000) / (last[0] - first[0]));
  }
}

export function formatBytes(bytes) {
  for (const [unit, factor, decimals] of UNITS) {
    if (bytes >= factor) return `${Number((bytes / factor).toFixed(decimals))} ${unit}`;
  }
  return `${Math.round(bytes)} B`;
}

const amount = (number, unit) => `${number} ${unit}${number === 1 ? "" : "s"}`;

export function formatWait(seconds) {
  if (seconds < 10) return "a few seconds left";
  if (seconds < 60) return `${Math.ceil(seconds / 5) * 5} seconds left`;
  if (seconds < 3600) return `about ${amount(Math.round(seconds / 60), "minute")} left`;
  return `about ${amount(Math.round(seconds / 3600), "hour")} left`;
}

export function formatSpeed(speed, leftBytes) {
  return speed ? `${formatBytes(speed)}/s, ${formatWait(leftBytes / speed)}` : "";
}

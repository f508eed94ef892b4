/** Tells the site what was played: when playing begins, every few seconds, and when it pauses or the page is left. */
import { firstPicture } from "./first_picture.js";

const EVERY_S = 15;
const LARGEST_STEP_S = 4.5; // more between two looks was a seek, not playing: at double speed, in a tab behind others

/** How many seconds of the video were played between two looks at its clock. */
export function played(before, now) {
  const step = now - before;
  return step > 0 && step < LARGEST_STEP_S ? step : 0;
}

/** What was played since the last report. */
export class Tally {
  seconds = 0;
  ranges = [];
  #last = null;

  /** The video's clock shows `time`, and runs `speed` times as fast as the one on the wall. */
  look(time, speed) {
    const step = this.#last === null ? 0 : played(this.#last, time);
    if (step > 0) {
      this.seconds += step / speed;
      const run = this.ranges.at(-1);
      if (run && run[1] === this.#last) run[1] = time;
      else this.ranges.push([this.#last, time]);
    }
    this.#last = time;
  }

  /** All of it, which is forgotten here. */
  take() {
    const report = { played_s: this.seconds, ranges: this.ranges.slice(-200) };
    this.seconds = 0;
    this.ranges = [];
    return report;
  }

  /** What could not be told is told with the next. */
  putBack(report) {
    this.seconds += report.played_s;
    this.ranges = [...report.ranges, ...this.ranges];
  }
}

async function send(address, report) {
  const rounded = { played_s: Math.min(report.played_s, 3600), ranges: report.ranges };
  try {
    const response = await fetch(address, {
      method: "POST",
      keepalive: true, // also while the page is being left
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(rounded),
    });
    return response.status < 500;
  } catch {
    return false;
  }
}

/** The address stands in data-plays around the player. */
export function reportPlaying(signal) {
  const address = document.querySelector("[data-plays]")?.dataset.plays;
  if (!address) return;
  const tally = new Tally();
  let hasBegun = false;
  const begin = async () => {
    if (hasBegun) return;
    hasBegun = true;
    await firstPicture();
    hasBegun = await send(address, { played_s: 0, ranges: [] });
  };
  const tell = async () => {
    if (!hasBegun || tally.seconds === 0) return;
    const report = tally.take();
    if (!(await send(address, report))) tally.putBack(report);
  };
  document.addEventListener("vod:play", begin, { signal });
  document.addEventListener(
    "vod:timeupdate",
    ({ detail }) => {
      tally.look(detail.time, detail.player.video.playbackRate || 1);
      if (tally.seconds < EVERY_S) return;
      if (hasBegun) tell();
      else begin();
    },
    { signal },
  );
  for (const name of ["vod:pause", "vod:ended"]) document.addEventListener(name, tell, { signal });
  document.addEventListener("visibilitychange", () => document.hidden && tell(), { signal });
  window.addEventListener("pagehide", tell, { signal });
  signal.addEventListener("abort", tell);
}

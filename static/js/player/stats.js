/** Stats for nerds: what plays, how it was encoded, and how it arrives. */
import { copyText } from "../basics/clipboard.js";
import { icon, make } from "../basics/dom.js";

const EVERY_MS = 500;

const rate = (bps) => (bps >= 1e6 ? `${(bps / 1e6).toFixed(2)} Mbit/s` : `${Math.round(bps / 1e3)} kbit/s`);
const size = (bytes) => (bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.round(bytes / 1e3)} kB`);

/** Seconds that can be played on from here without loading. */
export function bufferedAhead(ranges, time) {
  for (let place = 0; place < ranges.length; place += 1) {
    if (ranges.start(place) <= time + 0.1 && ranges.end(place) > time) return ranges.end(place) - time;
  }
  return 0;
}

/** [name, value] of all that is known; what nobody knows is left out. */
export function readStats(player) {
  const { root, source, video, volume, loudness } = player;
  const { engine, bestHeight, codecs, bitrate, bandwidth, segment } = source.facts;
  const frames = video.getVideoPlaybackQuality?.();
  const pixels = `${Math.round(video.clientWidth * window.devicePixelRatio)} × ${Math.round(video.clientHeight * window.devicePixelRatio)}`;
  const rows = [
    ["Video", root.dataset.video],
    ["Resolution", video.videoWidth && `${video.videoWidth} × ${video.videoHeight}${bestHeight ? `, best ${bestHeight}` : ""}`],
    ["Shown in", `${pixels} pixels`],
    ["Frames", frames && `${frames.droppedVideoFrames} dropped of ${frames.totalVideoFrames}, ${Number(root.dataset.frameRate || 0) || "?"} a second`],
    ["Codecs", codecs],
    ["Bit rate", bitrate && rate(bitrate)],
    ["Connection", bandwidth && rate(bandwidth)],
    ["Buffer", `${bufferedAhead(video.buffered, video.currentTime).toFixed(1)} s`],
    ["Last segment", segment && `${size(segment.bytes)} in ${segment.tookMs} ms, first byte after ${segment.firstMs} ms`],
    ["Volume", `${Math.round(volume * 100)} %${loudness.gain < 1 ? `, turned down to ${Math.round(volume * loudness.gain * 100)} %` : ""}`],
    ["Place", `${video.currentTime.toFixed(2)} of ${player.duration.toFixed(2)} s at ${video.playbackRate}×`],
    ["Player", engine],
    ["Failure", player.failure?.detail],
  ];
  return rows.filter(([, value]) => value);
}

export class Stats {
  #player;
  #timer = 0;

  constructor(player) {
    this.#player = player;
    this.list = make("dl", {});
    const copy = make("button", { type: "button", class: "player-button", "aria-label": "Copy stats", title: "Copy" }, icon("copy"));
    const close = make("button", { type: "button", class: "player-button", "aria-label": "Close stats", title: "Close" }, icon("x"));
    this.element = make("div", { class: "player-stats", role: "region", "aria-label": "Stats for nerds", hidden: true }, make("div", { class: "player-stats-head" }, make("strong", {}, "Stats for nerds"), copy, close), this.list);
    copy.addEventListener("click", () => this.#copy());
    close.addEventListener("click", () => this.toggle());
    player.root.append(this.element);
    player.signal.addEventListener("abort", () => clearInterval(this.#timer));
  }

  get isOn() {
    return !this.element.hidden;
  }

  toggle() {
    this.element.hidden = !this.element.hidden;
    clearInterval(this.#timer);
    if (!this.isOn) return;
    this.#draw();
    this.#timer = setInterval(() => this.#draw(), EVERY_MS);
  }

  /** Values are written into what is there already, so that text can be selected while it changes. */
  #draw() {
    const rows = readStats(this.#player);
    if (this.list.childElementCount !== rows.length * 2) {
      this.list.replaceChildren(...rows.flatMap(() => [make("dt"), make("dd")]));
    }
    const cells = this.list.children;
    rows.flat().forEach((text, place) => {
      if (cells[place].textContent !== String(text)) cells[place].textContent = text;
    });
  }

  async #copy() {
    const lines = [...readStats(this.#player), ["Page", location.href], ["Browser", navigator.userAgent], ["At", new Date().toISOString()]];
    await tryCopying(this.#player, lines.map(([name, value]) => `${name}: ${value}`).join("\n"), "Stats copied");
  }
}

/** Copies, and says over the picture whether it worked. */
export async function tryCopying(player, text, done) {
  try {
    await copyText(text);
    player.overlay.show(done, "check");
  } catch {
    player.overlay.show("Your browser does not allow copying", "circle-alert");
  }
}

/**
 * Picking any frame: a slider over the whole length, and the picture that belongs to its place. While the file is on
 * its way the browser shows the file itself, where it can; afterwards the video, as players get it.
 */
import { fileAround } from "../basics/files.js";
import { Source } from "../player/source.js";
import { Storyboard } from "../player/storyboard.js";

const USUAL_RATE = 25;
const NOT_HERE = "This browser cannot show this kind of file. Frames are offered when it has arrived.";
const NOT_YET = "Any moment can be picked as soon as the video plays.";

/** 83.4 is "1:23.4". */
export function tellTime(seconds) {
  const tenths = Math.floor(seconds * 10 + 0.001);
  const [minutes, rest] = [Math.floor(tenths / 600), tenths % 600];
  const two = (number) => String(number).padStart(2, "0");
  const end = `${two(Math.floor(rest / 10))}.${rest % 10}`;
  return minutes < 60 ? `${minutes}:${end}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${end}`;
}

export class Scrubber {
  #form;
  #video;
  #range;
  #tile;
  #storyboard;
  #source = null;
  #objectUrl = null;
  #end = new AbortController();

  constructor(form) {
    this.#form = form;
    this.#video = form.querySelector("video");
    this.#range = form.elements.at_s;
    this.#tile = form.querySelector(".scrubber-tile");
    this.#storyboard = new Storyboard(form.dataset.storyboard);
    const { signal } = this.#end;
    this.#range.addEventListener("input", () => this.#onInput(), { signal });
    this.#video.addEventListener("seeked", () => this.#onSeeked(), { signal });
    this.#video.addEventListener("loadedmetadata", () => this.#onMetadata(), { signal });
    this.#setLength(Number(form.dataset.duration));
    this.#begin(fileAround(form), form.dataset.hls, signal);
  }

  end() {
    this.#end.abort();
    this.#source?.detach();
    if (this.#objectUrl) URL.revokeObjectURL(this.#objectUrl);
  }

  #begin(file, hls, signal) {
    if (file) {
      this.#objectUrl = URL.createObjectURL(file);
      this.#video.addEventListener("error", () => this.#useHls(hls, NOT_HERE), { signal, once: true });
      this.#video.src = this.#objectUrl;
    } else {
      this.#useHls(hls, NOT_YET);
    }
  }

  #useHls(address, sentence) {
    if (!address) return this.#say(sentence);
    this.#video.removeAttribute("src");
    this.#source = new Source(this.#video, address);
    this.#source.addEventListener("failed", ({ detail }) => this.#say(detail.text ?? detail.title));
    this.#source.attach(Number(this.#range.value));
  }

  #say(sentence) {
    const note = this.#form.querySelector("[data-scrubber-note]");
    note.textContent = sentence;
    note.hidden = false;
    this.#form.querySelector("[data-scrubber-body]").hidden = true;
  }

  #setLength(duration) {
    const isKnown = Number.isFinite(duration) && duration > 0;
    this.#range.disabled = !isKnown;
    this.#form.querySelector("[type='submit']").disabled = !isKnown;
    if (!isKnown) return;
    this.#range.max = duration;
    this.#range.step = 1 / (Number(this.#form.dataset.frameRate) || USUAL_RATE);
    this.#tell();
  }

  #onMetadata() {
    if (!this.#video.videoWidth && this.#objectUrl && !this.#source) return this.#useHls(this.#form.dataset.hls, NOT_HERE);
    if (!Number(this.#form.dataset.duration)) this.#setLength(this.#video.duration);
    this.#seek();
  }

  #onInput() {
    this.#tell();
    this.#showTile();
    this.#seek();
  }

  /** One place at a time: those that were passed meanwhile are not gone to. */
  #seek() {
    if (!this.#video.readyState || this.#video.seeking) return;
    const time = Number(this.#range.value);
    if (Math.abs(this.#video.currentTime - time) > 0.001) this.#video.currentTime = time;
    else this.#tile.hidden = true;
  }

  #onSeeked() {
    if (Math.abs(this.#video.currentTime - Number(this.#range.value)) > 0.001) return this.#seek();
    this.#tile.hidden = true;
  }

  /** What is known of the place already, until the frame itself is there. */
  async #showTile() {
    await this.#storyboard.load();
    if (!this.#video.seeking) return;
    const { width, height } = this.#video.getBoundingClientRect();
    const { videoWidth, videoHeight } = this.#video;
    const scale = Math.min(width / videoWidth, height / videoHeight);
    const side = Math.max(videoWidth, videoHeight) * scale;
    this.#tile.hidden = !(side > 0 && this.#storyboard.paint(this.#tile, Number(this.#range.value), side));
  }

  #tell() {
    const time = tellTime(Number(this.#range.value));
    this.#form.querySelector("[data-scrubber-time]").textContent = time;
    this.#range.setAttribute("aria-valuetext", time);
  }
}

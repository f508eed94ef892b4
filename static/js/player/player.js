/**
 * The player: a video element, where its pictures come from, and the parts around it.
 *
 * It speaks to the page in events on its root element, all named "vod:...", with {player} and more as detail:
 * ready, play, pause, ended, timeupdate {time, duration}, seeked {time}, qualitychange {height}, captionschange,
 * chapterchange {start}, screenchange, failed {title, text}. The page may send to it: "vod:seek" {time, play}, "vod:refresh" {address}
 * (there are other qualities, at an address that may be new), "vod:captions" {captions} and "vod:chapters" {chapters}
 * (all there are by now).
 * root.player is this object.
 */
import { make } from "../basics/dom.js";
import { recall, remember } from "../basics/memory.js";
import { Captions } from "./captions.js";
import { Chapters } from "./chapters.js";
import { addChoices } from "./choices.js";
import { Controls } from "./controls.js";
import { ContextMenu } from "./context_menu.js";
import { Help } from "./help.js";
import { Keys } from "./keys.js";
import { Looks } from "./looks.js";
import { Loudness } from "./loudness.js";
import { Menu } from "./menu.js";
import { takeBegin } from "./begin.js";
import { Next } from "./next.js";
import { closeSource, openSource } from "./opening.js";
import { Overlay } from "./overlay.js";
import { Pointer } from "./pointer.js";
import { Remote } from "./remote.js";
import { Renewal } from "./renewal.js";
import { Screens } from "./screens.js";
import { SeekBar } from "./seekbar.js";
import { joinMediaSession } from "./session.js";
import { Stats } from "./stats.js";
import { Storyboard } from "./storyboard.js";

const SLOWEST = 0.25;
const FASTEST = 2;

export class Player {
  #attached = Promise.resolve();
  /** What is wrong, while the error card is shown. */
  failure = null;
  /** From 0 to 1, as the viewer chose it; the element's own may be lower (loudness.js). */
  volume = recall("volume", 1);
  #life = new AbortController();

  constructor(root) {
    this.root = root;
    this.video = root.querySelector("video");
    root.player = this;
    const { source, attached, resumedAt } = openSource(root);
    this.source = source;
    this.#attached = this.#explained(attached);
    if (resumedAt > 0) root.dataset.resumed = resumedAt; // the watch page offers to start over
    this.#setSoundAndSpeed();
    this.loudness = new Loudness(this);
    this.captions = new Captions(this);
    this.chapters = new Chapters(this);
    this.screens = new Screens(this);
    this.overlay = new Overlay(this);
    this.help = new Help(this);
    this.looks = new Looks(this);
    this.remote = new Remote(this);
    this.#build();
    this.stats = new Stats(this);
    this.context = new ContextMenu(this);
    this.next = new Next(this);
    this.keys = new Keys(this);
    this.renewal = new Renewal(this);
    this.loudness.apply();
    joinMediaSession(this);
    this.#listen();
    this.#start();
  }

  #setSoundAndSpeed() {
    const { video } = this;
    video.tabIndex = -1;
    video.muted = "muted" in this.root.dataset || recall("muted", false);
    video.defaultPlaybackRate = recall("speed", 1);
    video.playbackRate = video.defaultPlaybackRate;
  }

  #build() {
    const { root } = this;
    const seekbar = new SeekBar(this, new Storyboard(root.dataset.storyboard));
    const surface = make("div", { class: "player-surface" });
    this.controls = new Controls(this, seekbar);
    this.menu = new Menu(this, this.controls.settings);
    addChoices(this.menu, this);
    root.append(surface, this.captions.element, this.captions.topElement, ...this.overlay.elements, this.controls.element, this.menu.panel);
    this.pointer = new Pointer(this, surface);
    // After a click the keys belong to the player again, not to the button that was clicked.
    root.addEventListener("click", (event) => {
      const clicked = event.target.closest(".player-button, .player-seek");
      if (clicked && event.detail > 0 && !this.menu.isOpen) root.focus({ preventScroll: true });
    });
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && event.target !== root) root.focus({ preventScroll: true });
    });
  }

  #listen() {
    const { root, source, video } = this;
    for (const name of ["play", "pause", "ended"]) video.addEventListener(name, () => this.emit(name));
    for (const name of ["timeupdate", "seeked"]) {
      video.addEventListener(name, () => this.emit(name, { time: video.currentTime, duration: this.duration }));
    }
    video.addEventListener("play", () => {
      root.dataset.started = "";
      source.loadAhead();
    });
    source.addEventListener("busy", () => this.overlay.noteBusy());
    source.addEventListener("failed", ({ detail }) => this.#findWay(detail));
    if (source.failure) this.#findWay(source.failure); // it began before us
    for (const name of ["levels", "level", "audio"]) source.addEventListener(name, () => this.menu.refresh());
    source.addEventListener("levels", () => this.emit("ready"));
    source.addEventListener("regroup", () => this.renewal.renew());
    root.addEventListener("vod:seek", ({ detail }) => {
      this.seekTo(detail.time);
      if (detail.play) this.play();
    });
    const { signal } = this;
    window.addEventListener("online", () => this.failure?.isPassing && this.retry({ takeFocus: false }), { signal });
    window.addEventListener("pagehide", () => source.detach(), { signal });
    window.addEventListener("pageshow", (event) => event.persisted && this.#attach(video.currentTime), { signal });
  }

  #start() {
    if (this.source.levels.length) this.emit("ready");
    if (takeBegin() || "autoplay" in this.root.dataset) this.play();
  }

  #attach(startAt) {
    this.#attached = this.#explained(this.source.attach(startAt));
  }

  /** Fulfilled once play() may be called, or an error card is shown. */
  #explained(attached) {
    return attached.catch((error) => {
      this.#onFailed({ title: "The player could not start", text: "Reload the page to try again.", detail: error.message });
    });
  }

  async #findWay(failure) {
    if (!(await this.renewal.findAddress(failure))) this.#onFailed(failure);
  }

  #onFailed(failure) {
    this.root.dataset.failed = "";
    this.failure = failure;
    this.overlay.fail(failure);
    this.emit("failed", failure);
  }

  /** Aborts when the player's page is left; what listens outside of the player ends by it. */
  get signal() {
    return this.#life.signal;
  }

  /** Ends it for good: nothing plays, loads or listens any more. */
  destroy() {
    this.pause();
    this.#life.abort();
    closeSource(this.root);
    delete this.root.player;
  }

  emit(name, detail = {}) {
    this.root.dispatchEvent(new CustomEvent(`vod:${name}`, { bubbles: true, detail: { player: this, ...detail } }));
  }

  /** Seconds; what the page says, until the video itself knows. */
  get duration() {
    const own = this.video.duration;
    return Number.isFinite(own) && own > 0 ? own : Number(this.root.dataset.duration || 0);
  }

  async play() {
    await this.#attached;
    try {
      await this.video.play();
    } catch (error) {
      // Not allowed before a click (autoplay), or a pause came first: the big button is still there.
      if (error.name === "NotAllowedError") this.overlay.big.hidden = false;
    }
  }

  pause() {
    this.video.pause();
  }

  toggle() {
    if (this.video.paused) this.play();
    else this.pause();
  }

  seekTo(time) {
    this.source.seek(Math.min(this.duration || time, Math.max(0, time)));
    this.wake();
  }

  seekBy(seconds) {
    this.seekTo(this.video.currentTime + seconds);
    this.overlay.show(`${seconds > 0 ? "+" : "−"}${Math.abs(seconds)} s`, seconds > 0 ? "rotate-cw" : "rotate-ccw");
  }

  stepFrame(direction) {
    if (!this.video.paused) return;
    this.seekTo(this.video.currentTime + direction / (Number(this.root.dataset.frameRate) || 30));
  }

  setVolume(volume, { show = false } = {}) {
    const level = Math.min(1, Math.max(0, Math.round(volume * 100) / 100));
    this.volume = level;
    this.loudness.apply();
    this.video.muted = level === 0;
    remember("volume", level || recall("volume", 1));
    remember("muted", this.video.muted);
    if (show) this.overlay.show(`${Math.round(level * 100)} %`, level ? "volume-2" : "volume-x");
  }

  toggleMute({ show = false } = {}) {
    const { video } = this;
    video.muted = !video.muted;
    if (!video.muted && this.volume === 0) this.volume = recall("volume", 1) || 0.5;
    this.loudness.apply();
    remember("muted", video.muted);
    if (show) this.overlay.show(video.muted ? "Muted" : "Sound on", video.muted ? "volume-x" : "volume-2");
  }

  switchLoop() {
    this.video.loop = !this.video.loop;
    this.overlay.show(this.video.loop ? "Loop on" : "Loop off", "repeat");
  }

  setSpeed(speed, { show = false } = {}) {
    const rate = Math.min(FASTEST, Math.max(SLOWEST, Math.round(speed * 100) / 100));
    this.video.defaultPlaybackRate = rate;
    this.video.playbackRate = rate;
    remember("speed", rate);
    if (show) this.overlay.show(`${rate}×`, "gauge");
  }

  /** Everything anew, at the place where it stands. */
  reload() {
    const { currentTime, paused, ended } = this.video;
    this.source.detach();
    this.#attach(currentTime);
    if (!paused && !ended) this.play();
  }

  /** By the browser's own means, at the place where it stands, from now on: other screens need that. */
  playNatively() {
    if (this.source.playsNatively) return;
    const { currentTime, paused } = this.video;
    this.source.detach();
    this.source.playsNatively = true;
    this.#attach(currentTime);
    if (!paused) this.play();
  }

  /** After a failure, from the error card. */
  retry({ takeFocus = true } = {}) {
    delete this.root.dataset.failed;
    this.failure = null;
    this.overlay.clearError();
    this.reload();
    if (takeFocus) this.root.focus({ preventScroll: true });
    this.play();
  }

  wake() {
    this.pointer.wake();
  }
}

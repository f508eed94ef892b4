/**
 * One file on its way to the site, from being chosen until the site has all of it.
 *
 * States: preparing, sending, trouble (goes on by itself), paused, signed-out, duplicate (waits for a decision), failed,
 * finishing, done, cancelled.
 * A "change" event tells of every change; whoever shows it reads the properties.
 */
import { ApiError, call } from "./api.js";
import { fingerprint, requireSameContent } from "./files.js";
import { untilItWorks } from "./retry.js";
import { announcement, sendPart } from "./sending.js";
import { Meter } from "./speed.js";

const OVER = new Set(["done", "cancelled"]);
const HOPELESS = new Set(["unsupported_media", "too_large", "unreadable", "other_file"]);
const ACTIVE = new Set(["preparing", "sending", "trouble", "finishing"]);

export class Transfer extends EventTarget {
  state = "preparing";
  error = null;
  upload = null;
  video = null;
  #slots;
  #place;
  #unfinished;
  #abort = null;
  #failure = null;
  #mayRepeat = false;
  #safe = new Set();
  #travelling = new Map();
  #meter = new Meter();

  /**
   * `place` says which file goes first; `unfinished` knows the uploads that were interrupted; `replaces` is the id of
   * the video whose file this one replaces, null where it becomes a video of its own.
   */
  constructor(file, { slots, place, unfinished, replaces = null }) {
    super();
    this.file = file;
    this.replaces = replaces;
    this.#slots = slots;
    this.#place = place;
    this.#unfinished = unfinished;
  }

  /** The page of the video, on this page's own host. */
  get watchPath() {
    return new URL(this.video.urls.watch, location.href).pathname;
  }

  get isOver() {
    return OVER.has(this.state);
  }

  get isActive() {
    return ACTIVE.has(this.state);
  }

  get canPause() {
    return this.isActive && this.state !== "finishing";
  }

  /** Whether other files go first. */
  get isWaiting() {
    return this.state === "sending" && !this.#travelling.size && this.#safe.size < this.upload.part_count;
  }

  /** Whether starting again could help: what the site refused for what it is, it will refuse again. */
  get canRetry() {
    return this.state === "failed" && !HOPELESS.has(this.error?.code);
  }

  get sentBytes() {
    if (!this.upload) return 0;
    if (this.state === "finishing" || this.state === "done") return this.file.size;
    const safe = [...this.#safe].reduce((sum, number) => sum + this.#sizeOf(number), 0);
    return [...this.#travelling.values()].reduce((sum, bytes) => sum + bytes, safe);
  }

  get speed() {
    return this.state === "sending" ? this.#meter.speed : 0;
  }

  /** Begins, or goes on after a pause or an error. */
  async start() {
    if (this.#abort || this.isOver) return;
    const abort = new AbortController();
    this.#abort = abort;
    this.#failure = null;
    this.#meter.restart();
    try {
      await this.#run(abort.signal);
    } catch (error) {
      this.#end(this.#failure ?? error);
    } finally {
      this.#abort = null;
      this.#travelling.clear();
    }
  }

  pause() {
    if (!this.canPause) return;
    this.#become("paused");
    this.#abort?.abort();
  }

  /** Sends the file although its video is there already. */
  sendAnyway() {
    this.#mayRepeat = true;
    this.start();
  }

  /** Gives the upload up; what has arrived is kept until `discard` is called, for `restore`. */
  cancel() {
    if (this.isOver) return;
    this.#become("cancelled");
    this.#abort?.abort();
  }

  restore() {
    this.#become("paused");
    this.start();
  }

  /** Throws away what has arrived; also while the page is being left. */
  async discard() {
    const { upload } = this;
    if (!upload) return;
    this.upload = null;
    this.#safe.clear();
    await call("DELETE", `/uploads/${upload.id}`, undefined, { keepalive: true }).catch(() => {});
  }

  async #run(signal) {
    this.#become("preparing");
    await this.#open(signal);
    for (;;) {
      this.#become("sending");
      await this.#sendParts(signal);
      this.#become("finishing");
      if (await this.#complete(signal)) return;
    }
  }

  /** Finds the interrupted upload of this file, or begins a new one. */
  async #open(signal) {
    const mark = await fingerprint(this.file);
    const id = this.upload?.id ?? (await this.#unfinished.take(this.file, mark));
    const ask = id
      ? () => call("GET", `/uploads/${id}`, undefined, { signal })
      : () => call("POST", "/uploads", announcement(this.file, mark, { mayRepeat: this.#mayRepeat, replaces: this.replaces }), { signal });
    const upload = await this.#insist(ask, signal);
    if (id && !this.upload) await requireSameContent(this.file, upload);
    this.upload = upload;
    this.#safe = new Set(upload.received);
    this.#changed();
  }

  async #sendParts(signal) {
    const tasks = [];
    for (let number = 1; number <= this.upload.part_count; number += 1) {
      if (this.#safe.has(number)) continue;
      const giveBack = await this.#slots.take(this.#place, signal);
      tasks.push(this.#sendOne(number, signal).catch((error) => this.#fail(error)).finally(giveBack));
    }
    await Promise.all(tasks);
    if (this.#failure) throw this.#failure;
  }

  async #sendOne(number, signal) {
    const onProgress = (bytes) => {
      this.#travelling.set(number, Math.min(bytes, this.#sizeOf(number)));
      this.#meter.add(this.sentBytes);
      if (bytes && this.state === "trouble") this.#become("sending");
      else this.#changed();
    };
    onProgress(0);
    await this.#insist(() => sendPart(this.file, this.upload, number, { signal, onProgress }), signal, () => {
      this.#travelling.delete(number);
    });
    this.#travelling.delete(number);
    this.#safe.add(number);
    this.#meter.add(this.sentBytes);
    this.#changed();
  }

  /** One part cannot be sent: the others need not be. */
  #fail(error) {
    this.#failure ??= error;
    this.#abort?.abort();
  }

  /** True when the site has all; false when it misses parts, which are sent then. */
  async #complete(signal) {
    try {
      this.video = await this.#insist(() => call("POST", `/uploads/${this.upload.id}/complete`, {}, { signal }), signal);
    } catch (error) {
      if (error.code !== "parts_missing") throw error;
      this.upload = await this.#insist(() => call("GET", `/uploads/${this.upload.id}`, undefined, { signal }), signal);
      this.#safe = new Set(this.upload.received);
      return false;
    }
    this.#become("done");
    return true;
  }

  /** Tries until it works, and shows meanwhile what the trouble is. */
  async #insist(attempt, signal, onTrouble = () => {}) {
    const before = this.state;
    return untilItWorks(attempt, {
      signal,
      onTrouble: (error) => {
        onTrouble(error);
        this.#meter.restart();
        if (this.isActive) this.#become(error ? "trouble" : before === "trouble" ? "sending" : before, error);
      },
    });
  }

  #end(error) {
    if (this.state === "paused" || this.state === "cancelled") return;
    if (error instanceof ApiError && error.isSignedOut) return this.#become("signed-out", error);
    if (error.code === "duplicate") return this.#become("duplicate", error);
    if (error.code === "not_found" && this.upload) {
      this.upload = null; // it has expired: trying again begins anew
      this.#safe.clear();
    }
    this.#become("failed", error);
  }

  #sizeOf(number) {
    const { part_size_bytes: size, part_count: count } = this.upload;
    return number < count ? size : this.file.size - (count - 1) * size;
  }

  #become(state, error = null) {
    this.state = state;
    this.error = error;
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

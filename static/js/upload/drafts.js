/** What people type about a video while its file is on its way: saved by itself, a moment after the last key. */
import { call } from "./api.js";
import { NAMES, changesOf, complaintAbout, show } from "./fields.js";

const QUIET_MS = 800;
const AGAIN_MS = 5000;
const REST_MS = 4000;

export class Draft {
  #form;
  #saved;
  #videoId = null;
  #timer = null;
  #saving = null;
  #dirty = new Set();
  #touched = new Set();
  #typedAt = -Infinity;
  /** Whether what was typed could not be saved; somebody has to look at it. */
  hasFailed = false;

  /** `saved` is the element that says whether all is saved. */
  constructor(form, saved) {
    this.#form = form;
    this.#saved = saved;
    form.addEventListener("input", (event) => this.touch([event.target.name]));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.save();
    });
  }

  get isClean() {
    return !this.#dirty.size && !this.#saving;
  }

  /** Whether nobody is typing, as far as can be told: a thought may take longer than the saving. */
  get isResting() {
    return this.isClean && !this.hasFailed && performance.now() - this.#typedAt > REST_MS;
  }

  /** From now on there is a video to save to. Fields that nobody has touched show what the site has. */
  async attach(videoId) {
    if (this.#videoId === videoId) return;
    if (this.#videoId) this.#note(NAMES); // begun anew: the new draft knows nothing
    this.#videoId = videoId;
    const video = await call("GET", `/videos/${videoId}`).catch(() => null);
    if (video) show(this.#form, video, this.#touched); // also what was saved while the site answered
    if (this.#dirty.size) this.#plan(QUIET_MS);
  }

  /** Somebody has changed these fields. */
  touch(names) {
    this.#typedAt = performance.now();
    this.#note(names.filter((name) => NAMES.includes(name)));
    this.#tell("Not saved yet.");
    this.#plan(QUIET_MS);
  }

  #note(names) {
    for (const name of names) {
      this.#dirty.add(name);
      this.#touched.add(name);
    }
  }

  #plan(delay) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.save(), delay);
  }

  /** Saves what has changed; never two requests at once, so that the last word stays the last. */
  async save() {
    clearTimeout(this.#timer);
    if (this.#saving) await this.#saving;
    if (!this.#videoId || !this.#dirty.size) return;
    this.#saving = this.#send();
    await this.#saving;
    this.#saving = null;
  }

  async #send() {
    const complaint = complaintAbout(this.#form, this.#dirty);
    this.hasFailed = Boolean(complaint);
    if (complaint) return this.#tell(complaint);
    const names = [...this.#dirty];
    const changes = changesOf(this.#form, this.#dirty);
    this.#dirty.clear();
    this.#tell("Saving…");
    try {
      await call("PATCH", `/videos/${this.#videoId}`, changes);
      this.#tell(this.#dirty.size ? "Not saved yet." : "Saved.");
    } catch (error) {
      for (const name of names) this.#dirty.add(name);
      this.hasFailed = true;
      this.#tell(`Not saved: ${error.message}`);
      if (error.isPassing || error.isSignedOut) this.#plan(AGAIN_MS);
    }
  }

  #tell(text) {
    this.#saved.textContent = text;
  }
}

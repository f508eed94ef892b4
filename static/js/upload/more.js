/**
 * What else can be said of a video, below the form of its row: sections of its editor, from the editor's own addresses.
 * They are loaded when the fold is opened, as soon as the site knows of the video.
 */

export class More {
  #fold;
  #slots;
  #videoId = null;

  /** `fold` is the element with the slots. */
  constructor(fold) {
    this.#fold = fold;
    this.#slots = [...fold.querySelectorAll("[data-slot]")];
    fold.addEventListener("toggle", () => this.#load());
  }

  /** Whether somebody has opened it, and may be at work in it. */
  get isOpen() {
    return this.#fold.open && !this.#fold.hidden;
  }

  set isHidden(is) {
    this.#fold.hidden = is;
  }

  /** The sections belong to this video from now on. */
  attach(videoId) {
    if (this.#videoId === videoId) return;
    this.#videoId = videoId;
    for (const slot of this.#slots) delete slot.dataset.loaded;
    this.#load();
  }

  /** The row is on a page again: htmx had let go of it when its page was left. */
  arrive() {
    for (const slot of this.#slots) if (slot.dataset.loaded) window.htmx.process(slot, true);
    this.#load();
  }

  #load() {
    if (!this.isOpen || !this.#videoId || !this.#fold.isConnected) return;
    for (const slot of this.#slots) if (!slot.dataset.loaded) this.#fill(slot);
  }

  async #fill(slot) {
    const videoId = this.#videoId;
    slot.dataset.loaded = videoId;
    const isFilled = () => slot.querySelector("[data-section]")?.dataset.section === videoId;
    await window.htmx.ajax("GET", slot.dataset.slot.replace("VIDEO", videoId), { source: slot, target: slot, swap: "innerHTML" }).catch(() => {});
    if (!isFilled()) delete slot.dataset.loaded; // signed out, say: opening the fold again asks again
  }
}

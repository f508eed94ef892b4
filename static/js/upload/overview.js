/** All uploads together, in words: the title of the tab, and what a screen reader hears. */

const STEP = 10;
const WORDS = {
  trouble: "the connection is lost; it goes on by itself",
  paused: "paused",
  "signed-out": "waits until you have signed in again",
  duplicate: "you have this video already",
  failed: "not uploaded",
  done: "uploaded",
};

export class Overview {
  #uploads;
  #live;
  #title = document.title;
  #told = new Map();

  /** `live` is the element that is read out; it must stand outside of what pages replace. */
  constructor(uploads, live) {
    this.#uploads = uploads;
    this.#live = live;
    document.addEventListener("vod:page", () => {
      this.#title = document.title;
      this.update();
    });
    uploads.addEventListener("change", () => this.update());
  }

  update() {
    const { open, share } = this.#uploads.summary;
    document.title = open ? `${Math.floor(share * 100)} % · ${this.#title}` : this.#title;
    for (const row of this.#uploads.rows) this.#announce(row);
    if (open) this.#announceProgress(open, share);
  }

  /** Every tenth, once: of one file by its name, of several together. */
  #announceProgress(open, share) {
    const tenth = Math.floor((share * 100) / STEP) * STEP;
    const name = open === 1 ? this.#uploads.rows.find((row) => row.isOpen).transfer.file.name : `${open} files`;
    if (tenth) this.#say("progress", `${name}: ${tenth} %`);
  }

  /** What goes on with one file, when it changes. */
  #announce(row) {
    const { state, file } = row.transfer;
    const words = row.isPlayable ? "it can be watched" : WORDS[state];
    if (words) this.#say(row, `${file.name}: ${words}`);
    else this.#told.delete(row);
  }

  #say(about, words) {
    if (this.#told.get(about) === words) return;
    this.#told.set(about, words);
    this.#live.textContent = words;
  }
}

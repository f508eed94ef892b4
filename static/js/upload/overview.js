/** All uploads together: the title of the tab, what a screen reader hears, and the warning before leaving. */

const STEP = 10;

export class Overview {
  #rows;
  #live;
  #title = document.title;
  #told = new Map();

  /** `rows` gives the rows that are shown; `live` is the element that is read out. */
  constructor(rows, live) {
    this.#rows = rows;
    this.#live = live;
    window.addEventListener("beforeunload", (event) => {
      if (this.#rows().some(({ transfer, draft }) => transfer.isActive || !draft.isClean)) event.preventDefault();
    });
  }

  update() {
    const rows = this.#rows();
    const going = rows.filter(({ transfer }) => transfer.state !== "failed");
    const open = going.filter(({ transfer }) => !transfer.isOver);
    document.title = open.length ? `${this.#percent(going)} % · ${this.#title}` : this.#title;
    for (const row of rows) this.#announce(row);
  }

  #percent(rows) {
    const total = rows.reduce((sum, { transfer }) => sum + transfer.file.size, 0);
    const sent = rows.reduce((sum, { transfer }) => sum + transfer.sentBytes, 0);
    return total ? Math.floor((100 * sent) / total) : 0;
  }

  /** Says every tenth once, and every change of what is going on. */
  #announce(row) {
    const { state, file } = row.transfer;
    const tenth = Math.floor((row.share * 100) / STEP) * STEP;
    const words = {
      sending: `${tenth} %`,
      trouble: "the connection is lost; it goes on by itself",
      paused: "paused",
      "signed-out": "waits until you have signed in again",
      done: "uploaded",
    }[state];
    if (!words || this.#told.get(row) === words) return;
    this.#told.set(row, words);
    this.#live.textContent = `${file.name}: ${words}`;
  }
}

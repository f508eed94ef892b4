/** All uploads of this document. They live on while pages come and go: the upload page and the dock only show them. */
import { toast } from "../behaviours/toasts.js";
import { isSameChoice } from "./files.js";
import { Row } from "./row.js";
import { Slots } from "./slots.js";
import { formatBytes } from "./speed.js";
import { Transfer } from "./transfer.js";

const PARTS_AT_ONCE = 4;
const UNDO_MS = 10_000;

/** Events: "change" (anything moved on), "rows" (one came or went). */
export class Uploads extends EventTarget {
  rows = [];
  #slots = new Slots(PARTS_AT_ONCE);
  #place = 0;
  #cancelled = new Set();
  /** What the page that is shown does for a row: apply, newPlaylist. */
  page = {};

  constructor() {
    super();
    window.addEventListener("beforeunload", (event) => this.mustStay && event.preventDefault());
    window.addEventListener("pagehide", () => this.#discardCancelled());
  }

  /** Of the uploads that the site knows of. */
  get ids() {
    return [...this.rows, ...this.#cancelled].flatMap(({ transfer }) => transfer.upload?.id ?? []);
  }

  /** Something would be lost, or have to be chosen again, when this document ends. */
  get mustStay() {
    return this.rows.some(({ transfer, draft }) => transfer.isActive || !draft.isClean);
  }

  /** There is something to show on other pages, too: bytes on their way, or videos in preparation. */
  get isNeeded() {
    return this.rows.some((row) => row.isOpen || row.isPreparing || !row.draft.isClean);
  }

  /** What can be said of a file without asking the site. */
  complaintAbout(file, maxBytes) {
    if (!file.size) return `${file.name} is empty.`;
    if (file.size > maxBytes) return `${file.name} is ${formatBytes(file.size)}; the largest allowed is ${formatBytes(maxBytes)}.`;
    const isThere = this.rows.some(({ transfer }) => !transfer.isOver && isSameChoice(transfer.file, file));
    return isThere ? `${file.name} is in the list already.` : null;
  }

  /** Begins to upload; gives the row by which it is shown. The rest is as `Transfer` has it. */
  add(file, { template, unfinished, replaces = null }) {
    if (!this.rows.some((row) => row.isOpen)) for (const row of this.rows) row.isPast = true;
    this.#place += 1;
    const transfer = new Transfer(file, { slots: this.#slots, place: this.#place, unfinished, replaces });
    const row = new Row(template, transfer, {
      cancel: () => this.cancel([row]),
      news: () => this.#tell("change"),
      apply: () => this.page.apply(row),
      newPlaylist: () => this.page.newPlaylist(row),
    });
    this.rows.push(row);
    transfer.addEventListener("change", () => this.#tell("change"));
    this.#tell("rows");
    transfer.start();
    return row;
  }

  /** All together, of what was chosen since the last time that nothing was left to do. */
  get summary() {
    const counted = this.rows.filter(({ transfer, isPast }) => !isPast && !["failed", "duplicate"].includes(transfer.state));
    const open = counted.filter((row) => row.isOpen);
    const sum = (rows, value) => rows.reduce((total, row) => total + value(row.transfer), 0);
    const total = sum(counted, ({ file }) => file.size);
    const sent = sum(counted, ({ sentBytes }) => sentBytes);
    return {
      open: open.length,
      share: total ? sent / total : 0,
      speed: sum(open, ({ speed }) => speed),
      leftBytes: sum(open.filter(({ transfer }) => transfer.isActive), ({ file, sentBytes }) => file.size - sentBytes),
      canPause: open.some(({ transfer }) => transfer.canPause),
      canContinue: open.some(({ transfer }) => transfer.state === "paused"),
      canRetry: this.rows.some(({ transfer }) => transfer.canRetry),
      isSignedOut: open.some(({ transfer }) => transfer.state === "signed-out"),
    };
  }

  pauseAll() {
    for (const { transfer } of this.rows) transfer.pause();
  }

  continueAll() {
    for (const { transfer } of this.rows) if (transfer.state === "paused") transfer.start();
  }

  retryAll() {
    for (const { transfer } of this.rows) if (transfer.canRetry) transfer.start();
  }

  /** After somebody has signed in again. */
  goOn() {
    for (const { transfer, draft } of this.rows) {
      draft.save();
      if (transfer.state === "signed-out") transfer.start();
    }
  }

  /** Nothing more is sent, and after a moment in which that can be undone, what has arrived is thrown away. */
  cancel(rows) {
    if (!rows.length) return;
    for (const row of rows) {
      row.transfer.cancel();
      row.element.remove();
    }
    this.rows = this.rows.filter((row) => !rows.includes(row));
    this.#tell("rows");
    const isKept = rows.some(({ transfer }) => transfer.upload);
    if (!isKept) return;
    for (const row of rows) this.#cancelled.add(row);
    const timer = setTimeout(() => this.#discard(rows), UNDO_MS);
    const message = rows.length > 1 ? `${rows.length} uploads are cancelled.` : `The upload of ${rows[0].transfer.file.name} is cancelled.`;
    toast({ message, action: { label: "Undo", run: () => this.#restore(rows, timer) } });
  }

  /** Rows that failed go, with what has arrived of them and of those that were cancelled; nothing can be undone then. */
  async forget(rows) {
    this.rows = this.rows.filter((row) => !rows.includes(row));
    if (rows.length) this.#tell("rows");
    const cancelled = [...this.#cancelled];
    this.#cancelled.clear();
    await Promise.all([...rows, ...cancelled].map((row) => row.transfer.discard()));
  }

  cancelAll() {
    this.cancel(this.rows.filter((row) => row.isOpen && row.transfer.state !== "finishing"));
  }

  #restore(rows, timer) {
    clearTimeout(timer);
    for (const row of rows) {
      this.#cancelled.delete(row);
      row.transfer.restore();
    }
    this.rows.push(...rows);
    this.#tell("rows");
  }

  #discard(rows) {
    for (const row of rows) if (this.#cancelled.delete(row)) row.transfer.discard();
  }

  #discardCancelled() {
    this.#discard([...this.#cancelled]);
  }

  /** A new playlist is offered everywhere, and chosen in the row that wanted it. */
  offerPlaylist(playlist, chosenBy) {
    for (const row of this.rows) row.offerPlaylist(playlist, row === chosenBy);
  }

  #tell(name) {
    this.dispatchEvent(new Event(name));
    if (name === "rows") this.dispatchEvent(new Event("change"));
  }
}

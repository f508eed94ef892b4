/** The upload page, each time that it is shown: choosing files, the rows, and what is done with all of them. */
import { toast } from "../behaviours/toasts.js";
import { Applying } from "./applying.js";
import { watchChoosing } from "./choosing.js";
import { showImports } from "./imports.js";
import { NewPlaylist } from "./playlists.js";
import { formatSpeed } from "./speed.js";
import { Unfinished } from "./unfinished.js";
import { percentOf } from "./words.js";

const TYPING_MS = 300;
const ALL = { pause: "pauseAll", continue: "continueAll", retry: "retryAll", cancel: "cancelAll" };

export class UploadPage {
  #root;
  #uploads;
  #signal;
  #list;
  #unfinished;
  #count = 0;

  /** `signal` aborts when the page is left; `onSignIn` is called when somebody wants to sign in again. */
  constructor(root, uploads, { signal, onSignIn }) {
    this.#root = root;
    this.#uploads = uploads;
    this.#signal = signal;
    this.#list = root.querySelector("[data-rows]");
    this.#unfinished = new Unfinished(root, { onFile: (file) => this.#add(file), going: uploads.ids });
    const applying = new Applying(root.querySelector("[data-apply-dialog]"), uploads);
    const playlist = new NewPlaylist(root.querySelector("[data-playlist-dialog]"));
    uploads.page = {
      apply: (row) => applying.open(row),
      newPlaylist: (row) => playlist.open((made) => this.#offer(made, row)),
    };
    showImports(root, signal);
    const input = root.querySelector("[data-files]");
    watchChoosing(root.querySelector("[data-drop-zone]"), input, (files) => files.forEach((file) => this.#add(file)), signal);
    root.querySelector("[data-sign-in-again]").addEventListener("click", onSignIn);
    for (const [name, method] of Object.entries(ALL)) this.#all(name).addEventListener("click", () => uploads[method]());
    uploads.addEventListener("rows", () => this.#arrange(), { signal });
    uploads.addEventListener("change", () => this.#draw(), { signal });
    this.#arrange();
  }

  #all(name) {
    return this.#root.querySelector(`[data-all-${name}]`);
  }

  #add(file) {
    const complaint = this.#uploads.complaintAbout(file, Number(this.#root.dataset.maxBytes));
    if (complaint) return toast({ message: complaint, kind: "bad" });
    const template = this.#root.querySelector("template[data-row]");
    const row = this.#uploads.add(file, { template, unfinished: this.#unfinished });
    row.transfer.addEventListener("change", () => this.#leaveWhenDone(row));
  }

  /** The rows that there are, also those from before the page was left; the focus stays in the list when one goes. */
  #arrange() {
    const { rows } = this.#uploads;
    for (const row of rows) if (row.element.parentElement !== this.#list) this.#show(row);
    const hasLostFocus = rows.length < this.#count && (!document.activeElement || document.activeElement === document.body);
    if (hasLostFocus) (this.#list.querySelector(".upload-item") ?? this.#root.querySelector("[data-files]")).focus();
    this.#count = rows.length;
    for (const row of rows) row.hasOthers = rows.length > 1;
    this.#draw();
  }

  #show(row) {
    this.#list.append(row.element);
    row.more.arrive();
  }

  /** In the rows that there are, and in those to come. */
  #offer(playlist, row) {
    this.#uploads.offerPlaylist(playlist, row);
    const choice = this.#root.querySelector("template[data-row]").content.querySelector("[name='playlist']");
    choice.append(new Option(playlist.title, playlist.id));
  }

  #draw() {
    const { open, share, speed, leftBytes, canPause, canContinue, canRetry, isSignedOut } = this.#uploads.summary;
    this.#root.querySelector("[data-signed-out]").hidden = !isSignedOut;
    this.#root.querySelector("[data-all]").hidden = this.#uploads.rows.length < 2 || (!open && !canRetry);
    this.#root.querySelector("[data-all] progress").value = share;
    this.#all("state").textContent = `${open} of ${this.#uploads.rows.length} on the way: ${percentOf(share)}`;
    this.#all("speed").textContent = speed ? formatSpeed(speed, leftBytes) : "";
    this.#all("pause").hidden = !canPause;
    this.#all("continue").hidden = !canContinue;
    this.#all("retry").hidden = !canRetry;
    this.#all("cancel").hidden = !open;
  }

  /** A single upload ends on the page of its video, as soon as nobody is at work in its row and what was typed is saved. */
  #leaveWhenDone(row) {
    if (row.transfer.state !== "done" || this.#signal.aborted) return;
    if (this.#uploads.rows.length > 1) return;
    if (row.isResting) location.assign(row.transfer.watchPath);
    else setTimeout(() => this.#leaveWhenDone(row), TYPING_MS);
  }
}

/** How one file is shown: its progress, what can be done about it, and the form beside it. */
import { chosenFiles } from "../basics/files.js";
import { fillInZones } from "../basics/zones.js";
import { Draft } from "./drafts.js";
import { copyFields } from "./fields.js";
import { More } from "./more.js";
import { followPreparation, isChanging } from "./preparation.js";
import { formatBytes, formatSpeed } from "./speed.js";
import { percentOf, sentenceOf } from "./words.js";

const BUTTONS = ["pause", "continue", "retry", "cancel"];
const PARTS = [...BUTTONS, "name", "size", "state", "speed", "error", "error-text", "done", "watch", "copy", "duplicate", "duplicate-link", "anyway", "duplicate-text", "more", "form", "saved", "apply", "new-playlist"];
/** Of a row without a form: its file takes the place of another one, and nothing is to be said about it. */
const NO_DRAFT = { isClean: true, isResting: true, attach() {}, save() {} };
const NO_MORE = { isOpen: false, attach() {}, arrive() {} };
const STILL = new Set(["failed", "duplicate"]);
const DRAW_MS = 100;
let count = 0;

/** Copies of one template on one page need ids of their own. */
export function numberIds(root) {
  count += 1;
  for (const name of ["id", "for", "aria-describedby"]) {
    for (const element of root.querySelectorAll(`[${name}]`)) element.setAttribute(name, `${element.getAttribute(name)}-${count}`);
  }
}

export class Row {
  #parts = {};
  #onNews;
  /** What the site says of the video after the upload. */
  news = null;
  /** Of a time when all was done before: not counted in what is going on now. */
  isPast = false;

  /** `on` has what is done outside of the row: cancel, news, apply, newPlaylist. */
  constructor(template, transfer, on) {
    this.transfer = transfer;
    this.#onNews = on.news;
    this.element = template.content.firstElementChild.cloneNode(true);
    chosenFiles.set(this.element, transfer.file);
    numberIds(this.element);
    for (const name of PARTS) this.#parts[name] = this.element.querySelector(`[data-${name}]`);
    this.#parts.progress = this.element.querySelector("progress");
    fillInZones(this.element);
    this.draft = this.#parts.form ? new Draft(this.#parts.form, this.#parts.saved) : NO_DRAFT;
    this.more = this.#parts.more ? new More(this.#parts.more) : NO_MORE;
    this.#label();
    this.#listen(on);
    this.#draw();
  }

  /** Writes what another row says into these fields. */
  take(other, names) {
    if (!this.#parts.form || !other.#parts.form) return;
    copyFields(names, other.#parts.form, this.#parts.form);
    this.draft.touch(names);
  }

  /** A playlist that can be chosen from now on. */
  offerPlaylist({ id, title }, isChosen) {
    if (!this.#parts.form) return;
    const { playlist } = this.#parts.form.elements;
    playlist.append(new Option(title, id));
    if (!isChosen) return;
    playlist.value = id;
    this.draft.touch(["playlist"]);
  }

  /** Whether there are others that could take over what this row says. */
  set hasOthers(has) {
    if (this.#parts.apply) this.#parts.apply.hidden = !has;
  }

  /** Bytes are still to go. */
  get isOpen() {
    return !this.transfer.isOver && !STILL.has(this.transfer.state);
  }

  get isPreparing() {
    return this.transfer.state === "done" && (!this.news || isChanging(this.news));
  }

  get isPlayable() {
    return Boolean(this.news?.is_playable && !this.news.replacement);
  }

  get share() {
    return this.transfer.file.size ? this.transfer.sentBytes / this.transfer.file.size : 0;
  }

  /** Whether nobody is at work in it, as far as can be told. */
  get isResting() {
    return this.draft.isResting && !this.more.isOpen;
  }

  /** Where it is, in a few words. */
  get sentence() {
    return sentenceOf(this);
  }

  #label() {
    const { file } = this.transfer;
    this.#parts.name.textContent = file.name;
    this.#parts.name.title = file.name;
    this.#parts.size.textContent = formatBytes(file.size);
    this.#parts.progress.setAttribute("aria-label", `Progress of ${file.name}`);
    for (const name of BUTTONS) this.#parts[name].setAttribute("aria-label", `${this.#parts[name].title} ${file.name}`);
  }

  #listen(on) {
    const { transfer } = this;
    let isPlanned = false;
    const draw = () => {
      isPlanned = false;
      this.#draw();
    };
    transfer.addEventListener("change", () => {
      if (transfer.upload) this.#attach(transfer.upload.video_id);
      if (isPlanned) return;
      isPlanned = true;
      setTimeout(draw, DRAW_MS);
    });
    const actions = {
      pause: () => this.#act(() => transfer.pause(), "continue"),
      continue: () => this.#act(() => transfer.start(), "pause"),
      retry: () => this.#act(() => transfer.start(), "pause"),
      anyway: () => this.#act(() => transfer.sendAnyway(), "pause"),
      cancel: on.cancel,
      apply: on.apply,
      "new-playlist": on.newPlaylist,
    };
    for (const [name, action] of Object.entries(actions)) this.#parts[name]?.addEventListener("click", action);
  }

  #attach(videoId) {
    this.draft.attach(videoId);
    this.more.attach(videoId);
  }

  /** A button that was pressed gives way to its opposite: the focus goes there. */
  #act(action, next) {
    action();
    this.#draw();
    this.#parts[next].focus();
  }

  #draw() {
    const { state, error } = this.transfer;
    this.element.dataset.status = state;
    this.#drawProgress(state);
    this.#drawButtons(state);
    const isRefused = STILL.has(state) && !this.transfer.upload;
    if (this.#parts.form) this.more.isHidden = this.#parts.form.hidden = isRefused && !this.transfer.canRetry;
    this.#parts.progress.parentElement.hidden = isRefused;
    this.#parts.error.hidden = state !== "failed";
    if (state === "failed") this.#parts["error-text"].textContent = explain(error);
    this.#parts.duplicate.hidden = state !== "duplicate";
    if (state === "duplicate") this.#drawDuplicate(error);
    if (state === "done") this.#drawDone(this.transfer.video);
  }

  #drawButtons(state) {
    this.#parts.pause.hidden = !this.transfer.canPause;
    this.#parts.continue.hidden = state !== "paused" && state !== "signed-out";
    this.#parts.retry.hidden = !this.transfer.canRetry;
    this.#parts.cancel.hidden = state === "done" || state === "finishing";
  }

  #drawProgress(state) {
    const { transfer } = this;
    const isBusy = state === "finishing" || (state === "preparing" && !transfer.upload);
    if (isBusy) this.#parts.progress.removeAttribute("value");
    else this.#parts.progress.value = this.share;
    this.#parts.progress.parentElement.classList.toggle("progress-good", state === "done");
    this.#parts.state.textContent = [state === "done" || isBusy ? "" : percentOf(this.share), this.sentence].filter(Boolean).join(" · ");
    this.#parts.speed.textContent =
      state === "sending" ? formatSpeed(transfer.speed, transfer.file.size - transfer.sentBytes) : "";
  }

  #drawDuplicate({ about, message }) {
    if (this.transfer.replaces) return void (this.#parts["duplicate-text"].textContent = message);
    this.#parts["duplicate-link"].href = `/watch/${about.id}`;
    this.#parts["duplicate-link"].textContent = about.title;
  }

  #drawDone(video) {
    if (this.#parts.done) this.#drawLinks();
    if (this.news) return this.#drawNews();
    this.news = video;
    followPreparation(video.id, (news) => {
      this.news = news;
      this.#draw();
      this.#onNews();
    });
  }

  #drawLinks() {
    this.#parts.done.hidden = ["failed", "deleted"].includes(this.news?.status);
    this.#parts.watch.href = this.transfer.watchPath;
    this.#parts.copy.dataset.copy = new URL(this.transfer.watchPath, location.href).href;
  }

  /** How the preparation of the video goes on after the upload. */
  #drawNews() {
    const { state, error } = this.#parts;
    const { status, status_reason: reason } = this.news.replacement ?? this.news;
    this.element.dataset.video = status;
    const hasFailed = status === "failed" || status === "blocked";
    const bar = state.closest(".progress");
    bar.classList.toggle("progress-good", !hasFailed && status !== "deleted");
    bar.classList.toggle("progress-bad", hasFailed);
    error.hidden = !hasFailed;
    if (hasFailed) this.#parts["error-text"].textContent = reason ?? "The reason is not known.";
  }
}

function explain(error) {
  return error?.code ? error.message : `Something went wrong in the browser: ${error?.message ?? "no more is known"}.`;
}

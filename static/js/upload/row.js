/** How one file is shown: its progress, what can be done about it, and the form beside it. */
import { Draft } from "./drafts.js";
import { followPreparation, sentenceAbout } from "./preparation.js";
import { formatBytes, formatSpeed } from "./speed.js";

const WORDS = {
  preparing: "Getting ready",
  sending: "",
  trouble: "No connection to the site. It goes on by itself.",
  paused: "Paused",
  "signed-out": "Waiting until you have signed in again",
  failed: "Not uploaded",
  finishing: "Finishing",
  done: "Uploaded. The video is being processed; you may close this page.",
  cancelled: "Cancelled",
};
const PAUSABLE = new Set(["preparing", "sending", "trouble"]);
let count = 0;

/** Copies of one template on one page need ids of their own. */
function numberIds(root) {
  count += 1;
  for (const name of ["id", "for", "aria-describedby"]) {
    for (const element of root.querySelectorAll(`[${name}]`)) element.setAttribute(name, `${element.getAttribute(name)}-${count}`);
  }
}

export class Row {
  #parts = {};
  #isFollowed = false;

  constructor(template, transfer, { onGone }) {
    this.transfer = transfer;
    this.element = template.content.firstElementChild.cloneNode(true);
    numberIds(this.element);
    for (const name of ["name", "size", "state", "speed", "error", "error-text", "done", "watch", "copy", "pause", "continue", "retry", "cancel", "form", "saved"]) {
      this.#parts[name] = this.element.querySelector(`[data-${name}]`);
    }
    this.#parts.progress = this.element.querySelector("progress");
    this.draft = new Draft(this.#parts.form, this.#parts.saved);
    this.#label();
    this.#listen(onGone);
    this.#draw();
  }

  #label() {
    const { file } = this.transfer;
    this.#parts.name.textContent = file.name;
    this.#parts.name.title = file.name;
    this.#parts.size.textContent = formatBytes(file.size);
    this.#parts.progress.setAttribute("aria-label", `Progress of ${file.name}`);
    for (const name of ["pause", "continue", "retry", "cancel"]) {
      this.#parts[name].setAttribute("aria-label", `${this.#parts[name].title} ${file.name}`);
    }
  }

  #listen(onGone) {
    const { transfer } = this;
    let isPlanned = false;
    const draw = () => {
      isPlanned = false;
      this.#draw();
    };
    transfer.addEventListener("change", () => {
      if (transfer.upload) this.draft.attach(transfer.upload.video_id);
      if (isPlanned) return;
      isPlanned = true;
      setTimeout(draw, 100);
    });
    this.#parts.pause.addEventListener("click", () => this.#act(() => transfer.pause(), "continue"));
    this.#parts.continue.addEventListener("click", () => this.#act(() => transfer.start(), "pause"));
    this.#parts.retry.addEventListener("click", () => this.#act(() => transfer.start(), "pause"));
    this.#parts.cancel.addEventListener("click", () => {
      transfer.cancel();
      this.element.remove();
      onGone(this);
    });
  }

  /** A button that was pressed gives way to its opposite: the focus goes there. */
  #act(action, next) {
    action();
    this.#draw();
    this.#parts[next].focus();
  }

  get share() {
    return this.transfer.file.size ? this.transfer.sentBytes / this.transfer.file.size : 0;
  }

  #draw() {
    const { state, error } = this.transfer;
    this.element.dataset.status = state;
    this.#drawProgress(state);
    this.#parts.pause.hidden = !PAUSABLE.has(state);
    this.#parts.continue.hidden = state !== "paused" && state !== "signed-out";
    this.#parts.retry.hidden = !this.transfer.canRetry;
    const isRefused = state === "failed" && !this.transfer.upload;
    this.#parts.form.hidden = isRefused && !this.transfer.canRetry;
    this.#parts.progress.parentElement.hidden = isRefused;
    this.#parts.cancel.hidden = state === "done" || state === "finishing";
    this.#parts.error.hidden = state !== "failed";
    if (state === "failed") this.#parts["error-text"].textContent = sentenceOf(error);
    if (state === "done") this.#drawDone(this.transfer.video);
  }

  #drawProgress(state) {
    const { transfer } = this;
    const percent = `${Math.floor(this.share * 100)} %`;
    const isBusy = state === "finishing" || (state === "preparing" && !transfer.upload);
    if (isBusy) this.#parts.progress.removeAttribute("value");
    else this.#parts.progress.value = this.share;
    this.#parts.progress.parentElement.classList.toggle("progress-good", state === "done");
    this.#parts.state.textContent = [state === "done" || isBusy ? "" : percent, wordsFor(transfer)].filter(Boolean).join(" · ");
    this.#parts.speed.textContent =
      state === "sending" ? formatSpeed(transfer.speed, transfer.file.size - transfer.sentBytes) : "";
  }

  #drawDone(video) {
    this.#parts.done.hidden = false;
    this.#parts.watch.href = this.transfer.watchPath;
    this.#parts.copy.dataset.copy = new URL(this.transfer.watchPath, location.href).href;
    if (this.#isFollowed) return;
    this.#isFollowed = true;
    followPreparation(video.id, (news) => this.#drawNews(news));
  }

  /** How the preparation of the video goes on after the upload. */
  #drawNews(video) {
    const { state, done, error } = this.#parts;
    state.textContent = sentenceAbout(video);
    this.element.dataset.video = video.status;
    const hasFailed = video.status === "failed" || video.status === "blocked";
    const bar = state.closest(".progress");
    bar.classList.toggle("progress-good", !hasFailed && video.status !== "deleted");
    bar.classList.toggle("progress-bad", hasFailed);
    done.hidden = video.status === "deleted";
    error.hidden = !hasFailed;
    if (hasFailed) this.#parts["error-text"].textContent = video.status_reason ?? "The reason is not known.";
  }
}

function wordsFor({ state, error, isWaiting }) {
  if (isWaiting) return "Waiting for the files above";
  if (state === "trouble" && error?.status) return `${error.message} It is tried again.`;
  return WORDS[state];
}

function sentenceOf(error) {
  return error?.code ? error.message : `Something went wrong in the browser: ${error?.message ?? "no more is known"}.`;
}

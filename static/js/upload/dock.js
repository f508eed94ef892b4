/** The uploads at the bottom of every other page: a line that tells how far they are, and the list behind it. */
import { make } from "../basics/dom.js";
import { formatSpeed } from "./speed.js";
import { percentOf } from "./words.js";

const DRAW_MS = 250;

export class Dock {
  #uploads;
  #element;
  #parts = {};
  #lines = new Map();
  #isDismissed = false;
  #isPlanned = false;
  /** What is read out, on every page: outside of the dock, which the upload page hides from everybody. */
  live = make("p", { class: "visually-hidden", role: "status" });

  /** `template` is the dock's markup; `onSignIn` is called when somebody wants to sign in again. */
  constructor(template, uploads, { onSignIn }) {
    this.#uploads = uploads;
    this.#element = template.content.firstElementChild.cloneNode(true);
    for (const name of ["title", "speed", "pause", "continue", "retry", "sign-in", "toggle", "close", "body", "list"]) {
      this.#parts[name] = this.#element.querySelector(`[data-dock-${name}]`);
    }
    this.#parts.progress = this.#element.querySelector("progress");
    document.body.append(this.#element, this.live);
    this.#listen(onSignIn);
  }

  #listen(onSignIn) {
    const { pause, toggle, close } = this.#parts;
    pause.addEventListener("click", () => this.#act(() => this.#uploads.pauseAll(), "continue"));
    this.#parts.continue.addEventListener("click", () => this.#act(() => this.#uploads.continueAll(), "pause"));
    this.#parts.retry.addEventListener("click", () => this.#act(() => this.#uploads.retryAll(), "toggle"));
    this.#parts["sign-in"].addEventListener("click", onSignIn);
    toggle.addEventListener("click", () => this.#toggle());
    close.addEventListener("click", () => {
      this.#isDismissed = true;
      this.draw();
      document.getElementById("main")?.focus({ preventScroll: true });
    });
    this.#element.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.#parts.body.hidden) this.#toggle();
    });
    this.#uploads.addEventListener("change", () => this.#plan());
    document.addEventListener("vod:page", () => this.draw());
  }

  #act(action, next) {
    action();
    this.draw();
    this.#parts[next].focus();
  }

  #toggle() {
    const { body, toggle } = this.#parts;
    body.hidden = !body.hidden;
    toggle.setAttribute("aria-expanded", String(!body.hidden));
    toggle.focus();
    this.draw();
  }

  #plan() {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    setTimeout(() => {
      this.#isPlanned = false;
      this.draw();
    }, DRAW_MS);
  }

  /** The upload page shows all of this itself. */
  draw() {
    const summary = this.#uploads.summary;
    if (summary.open) this.#isDismissed = false;
    const isElsewhere = !document.getElementById("upload");
    this.#element.hidden = !isElsewhere || this.#isDismissed || !this.#uploads.rows.length;
    if (this.#element.hidden) return;
    this.#drawLine(summary);
    if (!this.#parts.body.hidden) this.#drawList();
  }

  #drawLine(summary) {
    const { title, speed, progress, pause, retry, close } = this.#parts;
    title.textContent = this.#headline(summary);
    progress.value = summary.open ? summary.share : 1;
    progress.hidden = !summary.open;
    speed.textContent = summary.isSignedOut ? "Nothing is lost" : formatSpeed(summary.speed, summary.leftBytes);
    pause.hidden = !summary.canPause;
    this.#parts.continue.hidden = summary.canPause || !summary.canContinue;
    retry.hidden = !summary.canRetry;
    this.#parts["sign-in"].hidden = !summary.isSignedOut;
    close.hidden = summary.open > 0;
  }

  #headline({ open, share, canPause, isSignedOut }) {
    if (isSignedOut) return "You are signed out";
    const files = `${open} ${open === 1 ? "file" : "files"}`;
    if (open && !canPause) return `${files} paused at ${percentOf(share)}`;
    if (open) return `Uploading ${files}: ${percentOf(share)}`;
    const { rows } = this.#uploads;
    const missing = rows.filter(({ transfer }) => !transfer.isOver).length;
    if (missing) return `${missing} of ${rows.length} not uploaded`;
    const playable = rows.filter((row) => row.isPlayable).length;
    if (playable === rows.length) return rows.length === 1 ? "Uploaded: it can be watched" : `Uploaded: all ${playable} can be watched`;
    return `Uploaded. ${playable} of ${rows.length} can be watched already`;
  }

  #drawList() {
    const { rows } = this.#uploads;
    for (const [row, line] of this.#lines) {
      if (rows.includes(row)) continue;
      line.remove();
      this.#lines.delete(row);
    }
    for (const row of rows) {
      if (!this.#lines.has(row)) this.#addLine(row);
      this.#fillLine(row, this.#lines.get(row));
    }
  }

  #addLine(row) {
    const { name } = row.transfer.file;
    const line = make(
      "li",
      { class: "dock-line" },
      make("span", { class: "dock-name clamp-1", title: name }, name),
      make("span", { class: "small muted" }),
      make("a", { class: "button", hidden: true }, "Watch", make("span", { class: "visually-hidden" }, ` ${name}`)),
    );
    this.#parts.list.append(line);
    this.#lines.set(row, line);
  }

  #fillLine(row, line) {
    const [, state, link] = line.children;
    const percent = row.isOpen ? percentOf(row.share) : "";
    state.textContent = [percent, row.sentence].filter(Boolean).join(" · ");
    link.hidden = !row.isPlayable;
    if (row.isPlayable) link.href = row.transfer.watchPath;
  }
}

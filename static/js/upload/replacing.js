/** The page on which the file of a video is replaced: like the upload page, for one file and without a form. */
import { toast } from "../behaviours/toasts.js";
import { watchChoosing } from "./choosing.js";
import { Unfinished } from "./unfinished.js";

export class ReplacingPage {
  #root;
  #uploads;
  #unfinished;
  #list;

  /** `signal` aborts when the page is left. */
  constructor(root, uploads, { signal }) {
    this.#root = root;
    this.#uploads = uploads;
    this.#list = root.querySelector("[data-rows]");
    this.#unfinished = new Unfinished(root, { onFile: (file) => this.#add(file), going: uploads.ids });
    watchChoosing(root.querySelector("[data-drop-zone]"), root.querySelector("[data-files]"), ([file]) => file && this.#add(file), signal);
    uploads.addEventListener("rows", () => this.#arrange(), { signal });
    uploads.addEventListener("change", () => this.#arrange(), { signal });
    this.#arrange();
  }

  /** The rows of this video that are not through yet; after that the page itself tells how it goes on. */
  get #rows() {
    return this.#uploads.rows.filter(({ transfer }) => transfer.replaces === this.#root.dataset.video && !transfer.isOver);
  }

  async #add(file) {
    const isBusy = this.#rows.some((row) => row.isOpen);
    const complaint = isBusy ? "Another file is on its way already: cancel it first." : this.#uploads.complaintAbout(file, Number(this.#root.dataset.maxBytes));
    if (complaint) return toast({ message: complaint, kind: "bad" });
    await this.#uploads.forget(this.#rows); // what was refused, or cancelled a moment ago: only one may be on its way
    const template = this.#root.querySelector("template[data-row]");
    const row = this.#uploads.add(file, { template, unfinished: this.#unfinished, replaces: this.#root.dataset.video });
    row.transfer.addEventListener("change", () => this.#tellWhenDone(row));
    row.element.focus();
  }

  #tellWhenDone(row) {
    if (row.transfer.state !== "done") return;
    document.body.dispatchEvent(new Event("file-changed"));
  }

  #arrange() {
    const wanted = this.#rows.map(({ element }) => element);
    for (const element of [...this.#list.children]) if (!wanted.includes(element)) element.remove();
    for (const element of wanted) if (element.parentElement !== this.#list) this.#list.append(element);
  }
}

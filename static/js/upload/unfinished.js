/** The uploads that were interrupted: listed on top, and found again when the same file is chosen. */
import { toast } from "../behaviours/toasts.js";
import { call } from "./api.js";
import { fingerprint } from "./files.js";
import { formatBytes } from "./speed.js";

/** Whether the file of an interrupted upload is this one, as far as can be told without reading all of it. */
function isSame(upload, file, mark) {
  const knows = upload.fingerprint ? upload.fingerprint === mark : upload.filename === file.name;
  return knows && upload.size_bytes === file.size;
}

/** Why a file that was chosen for an upload is not the one; null when it is. */
async function objection(upload, file) {
  if (file.size !== upload.size_bytes) {
    return `${file.name} is another file: it has ${formatBytes(file.size)}, and ${upload.filename} has ${formatBytes(upload.size_bytes)}.`;
  }
  if (isSame(upload, file, await fingerprint(file))) return null;
  return `${file.name} has the size of ${upload.filename}, but another content. Choose the file as it was when the upload began.`;
}

export class Unfinished {
  #root;
  #uploads;
  #input;
  #wanted = null;

  /** `root` is the page; each listed upload is an element with data-unfinished. `going` has the ids of those that go on. */
  constructor(root, { onFile, going }) {
    this.#root = root;
    this.#input = root.querySelector("[data-file-again]");
    for (const id of going) this.#remove(this.#item(id));
    const items = [...root.querySelectorAll("[data-unfinished]")];
    this.#uploads = items.length ? this.#load() : Promise.resolve([]);
    for (const item of items) {
      item.querySelector("[data-choose]").addEventListener("click", () => this.#ask(item));
      item.querySelector("[data-discard]").addEventListener("click", () => this.#discard(item));
    }
    this.#input?.addEventListener("change", () => this.#onChosen(onFile));
  }

  async #load() {
    const { items } = await call("GET", "/uploads").catch(() => ({ items: [] }));
    for (const upload of items) {
      const percent = this.#item(upload.id)?.querySelector("[data-percent]");
      const share = Math.floor((100 * upload.received.length) / upload.part_count);
      if (percent) percent.textContent = `${share} % of `;
    }
    return items.filter(({ id }) => this.#item(id));
  }

  #ask(item) {
    this.#wanted = item;
    this.#input.click();
  }

  /** Another file than the one that is waited for is refused, with the reason beside the upload. */
  async #onChosen(onFile) {
    const [file] = this.#input.files;
    const item = this.#wanted;
    this.#input.value = ""; // the same file may be chosen again
    if (!file || !item) return;
    const upload = (await this.#uploads).find(({ id }) => id === item.dataset.unfinished);
    const complaint = upload ? await objection(upload, file) : null;
    const place = item.querySelector("[data-complaint]");
    place.hidden = !complaint;
    place.textContent = complaint ?? "";
    if (!complaint) onFile(file);
  }

  /** The id of the interrupted upload of this file, once; null when there is none. */
  async take(file, mark) {
    const uploads = await this.#uploads;
    const found = uploads.findIndex((upload) => isSame(upload, file, mark));
    if (found < 0) return null;
    const [upload] = uploads.splice(found, 1);
    this.#remove(this.#item(upload.id));
    return upload.id;
  }

  async #discard(item) {
    const id = item.dataset.unfinished;
    const uploads = await this.#uploads;
    try {
      await call("DELETE", `/uploads/${id}`);
    } catch (error) {
      if (error.code !== "not_found") return toast({ message: error.message, kind: "bad" });
    }
    uploads.splice(0, uploads.length, ...uploads.filter((upload) => upload.id !== id));
    this.#remove(item);
  }

  #item(id) {
    return this.#root.querySelector(`[data-unfinished="${CSS.escape(id)}"]`);
  }

  /** The focus, where it was in what goes, goes to the next one, else to where files are chosen. */
  #remove(item) {
    const section = item?.closest("section");
    const hadFocus = item?.contains(document.activeElement);
    item?.remove();
    if (section && !section.querySelector("[data-unfinished]")) section.remove();
    if (hadFocus) (this.#root.querySelector("[data-choose]") ?? this.#root.querySelector("[data-files]"))?.focus();
  }
}

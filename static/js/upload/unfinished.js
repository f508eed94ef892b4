/** The uploads that were interrupted: listed on top, and found again when the same file is chosen. */
import { call } from "./api.js";

export class Unfinished {
  #root;
  #uploads;

  /** `root` is the page; each listed upload is an element with data-unfinished. */
  constructor(root, { onChoose }) {
    this.#root = root;
    const items = [...root.querySelectorAll("[data-unfinished]")];
    this.#uploads = items.length ? this.#load() : Promise.resolve([]);
    for (const item of items) {
      item.querySelector("[data-choose]").addEventListener("click", onChoose);
      item.querySelector("[data-discard]").addEventListener("click", () => this.#discard(item));
    }
  }

  async #load() {
    const { items } = await call("GET", "/uploads").catch(() => ({ items: [] }));
    for (const upload of items) {
      const percent = this.#item(upload.id)?.querySelector("[data-percent]");
      const share = Math.floor((100 * upload.received.length) / upload.part_count);
      if (percent) percent.textContent = `${share} % of `;
    }
    return items;
  }

  /** The id of the interrupted upload of this file, once; null when there is none. */
  async take(file, mark) {
    const uploads = await this.#uploads;
    const found = uploads.findIndex(
      (upload) => upload.filename === file.name && upload.size_bytes === file.size && (upload.fingerprint ?? mark) === mark,
    );
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
      if (error.code !== "not_found") {
        const detail = { message: error.message, kind: "bad" };
        return void document.dispatchEvent(new CustomEvent("toast", { detail }));
      }
    }
    uploads.splice(0, uploads.length, ...uploads.filter((upload) => upload.id !== id));
    this.#remove(item);
  }

  #item(id) {
    return this.#root.querySelector(`[data-unfinished="${CSS.escape(id)}"]`);
  }

  #remove(item) {
    const section = item?.closest("section");
    item?.remove();
    if (section && !section.querySelector("[data-unfinished]")) section.remove();
  }
}

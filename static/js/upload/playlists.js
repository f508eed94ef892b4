/** A new playlist, made without leaving the row that wants it; all rows offer it from then on. */
import { call } from "./api.js";

export class NewPlaylist {
  #dialog;
  #form;
  #error;
  #onMade = null;

  constructor(dialog) {
    this.#dialog = dialog;
    this.#form = dialog.querySelector("form");
    this.#error = dialog.querySelector("[data-playlist-error]");
    dialog.querySelector("[data-playlist-cancel]").addEventListener("click", () => dialog.close());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#make();
    });
  }

  /** `onMade` gets the playlist, with its id and title. */
  open(onMade) {
    this.#onMade = onMade;
    this.#form.reset();
    this.#error.hidden = true;
    this.#dialog.showModal();
  }

  async #make() {
    try {
      const playlist = await call("POST", "/playlists", { title: this.#form.elements.playlist_title.value });
      this.#dialog.close();
      this.#onMade(playlist);
    } catch (error) {
      this.#error.hidden = false;
      this.#error.textContent = error.message;
    }
  }
}

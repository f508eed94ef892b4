/** The sheet of keys behind "?", where they can be switched off too. */
import { icon, make } from "../basics/dom.js";
import { HELP } from "./keys.js";

export class Help {
  constructor(player) {
    this.player = player;
    this.dialog = null;
  }

  toggle() {
    this.dialog ??= this.#build();
    if (this.dialog.open) this.dialog.close();
    else this.dialog.showModal();
  }

  #build() {
    const rows = HELP.map(([keys, text]) =>
      make("div", {}, make("dt", {}, ...keys.map((key) => make("kbd", {}, key))), make("dd", {}, text)),
    );
    const box = make("input", { type: "checkbox", onchange: () => this.player.keys.switch(box.checked) });
    box.checked = this.player.keys.isOn;
    const close = make("button", { type: "button", class: "icon-button", "aria-label": "Close", title: "Close" }, icon("x"));
    const dialog = make(
      "dialog",
      { class: "dialog player-sheet", "aria-labelledby": "player-help-title" },
      make("div", { class: "dialog-head" }, make("h2", { id: "player-help-title" }, "Keys of the player"), close),
      make("dl", { class: "player-keys" }, ...rows),
      make("label", { class: "choice" }, box, make("span", { class: "choice-text" }, "Use these keys")),
    );
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.addEventListener("keydown", (event) => {
      if (event.key !== "?") return;
      event.preventDefault();
      dialog.close();
    });
    dialog.addEventListener("close", () => this.player.root.focus({ preventScroll: true }));
    this.player.root.append(dialog);
    return dialog;
  }
}

/** The sheet in which viewers choose how captions look, with a sample that shows it at once. */
import "../basics/shared.js";
import { icon, make } from "../basics/dom.js";
import { PARTS } from "./looks.js";

export class LooksDialog {
  #looks;
  #root;
  #fields = new Map();

  constructor(looks, root) {
    this.#looks = looks;
    this.#root = root;
    this.#build();
  }

  open() {
    for (const [part, field] of this.#fields) field.value = this.#looks.chosen[part];
    this.element.showModal();
  }

  #build() {
    const close = make("button", { type: "button", class: "icon-button", "aria-label": "Close", title: "Close" }, icon("x"));
    const reset = make("button", { type: "button", class: "button" }, icon("undo-2"), "As usual");
    const { poster } = this.#root.dataset;
    const sample = make("div", { class: "player-sample", "aria-hidden": "true" }, make("div", { class: "player-captions" }, make("p", {}, "Captions look like this")));
    if (poster) sample.style.backgroundImage = `url("${poster}")`;
    this.element = make(
      "dialog",
      { class: "dialog player-sheet", "aria-labelledby": "player-looks-title" },
      make("div", { class: "dialog-head" }, make("h2", { id: "player-looks-title" }, "How captions look"), close),
      sample,
      make("div", { class: "player-looks" }, ...Object.keys(PARTS).map((part) => this.#field(part))),
      reset,
    );
    close.addEventListener("click", () => this.element.close());
    reset.addEventListener("click", () => {
      this.#looks.reset();
      for (const [part, field] of this.#fields) field.value = this.#looks.chosen[part];
    });
    this.element.addEventListener("click", (event) => event.target === this.element && this.element.close());
    this.element.addEventListener("close", () => this.#root.focus({ preventScroll: true }));
    this.#root.append(this.element);
  }

  #field(part) {
    const [name, choices] = PARTS[part];
    const field = make("select", { class: "input", id: `player-look-${part}` }, ...choices.map(([value, text]) => make("option", { value }, text)));
    field.addEventListener("change", () => this.#looks.set(part, field.value));
    this.#fields.set(part, field);
    return make("div", { class: "field" }, make("label", { for: field.id }, name), field);
  }
}

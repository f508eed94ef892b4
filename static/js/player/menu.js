/** The settings menu: a list of settings, each with a page of choices. Opened by a button, walked with the arrow keys. */
import { icon, make } from "../basics/dom.js";

const NARROW_PX = 544; // as the container queries of the player have it: 34rem

export class Menu {
  #player;
  #settings = new Map();
  #page = null;

  constructor(player, button) {
    this.#player = player;
    this.button = button;
    this.panel = make("div", { class: "player-menu", role: "menu", "aria-label": "Settings", hidden: true });
    button.setAttribute("aria-haspopup", "menu");
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => (this.isOpen ? this.close() : this.open()));
    this.panel.addEventListener("keydown", (event) => this.#onKey(event));
    const opens = (target) => button.contains(target) || player.chapters.button.contains(target);
    const onPointer = ({ target }) => this.isOpen && !this.panel.contains(target) && !opens(target) && this.close();
    document.addEventListener("pointerdown", onPointer, { signal: player.signal });
  }

  get isOpen() {
    return !this.panel.hidden;
  }

  /**
   * Adds a setting. choices() gives [{value, name, isCurrent}] when the page opens, summary() the text beside its name,
   * choose(value) is called with the picked one. A setting with fewer than two choices is not shown. after, as for
   * `addAction`, stands under the choices.
   */
  add(name, { iconName, choices, summary, choose, after = null }) {
    this.#settings.set(name, { name, iconName, choices, summary, choose, after });
  }

  /** Adds something that is done at once; with isOn() it is switched. It is shown while isShown() says so. */
  addAction(name, { iconName, run, isOn = null, isShown = () => true }) {
    this.#settings.set(name, { name, iconName, run, isOn, isShown });
  }

  open(page = null) {
    this.#page = page;
    this.#unfold();
    this.button.setAttribute("aria-expanded", "true");
    this.#player.root.dataset.menu = "";
    this.#draw();
    (this.panel.querySelector("[aria-checked='true']") ?? this.#items()[0])?.focus({ preventScroll: true });
  }

  /** A narrow player has no room for it: there it is a sheet at the bottom of the screen, in front of the page. */
  #unfold() {
    this.panel.hidden = false;
    this.panel.popover = this.#player.root.clientWidth <= NARROW_PX ? "manual" : null;
    if (this.panel.popover && !this.panel.matches(":popover-open")) this.panel.showPopover();
  }

  close({ refocus = false } = {}) {
    const hadFocus = this.panel.contains(document.activeElement);
    this.panel.popover = null;
    this.panel.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    delete this.#player.root.dataset.menu;
    if (refocus) this.button.focus({ preventScroll: true });
    else if (hadFocus) this.#player.root.focus({ preventScroll: true });
  }

  /** Draws the open page again, because what it shows has changed. */
  refresh() {
    if (!this.isOpen) return;
    const place = this.#items().indexOf(document.activeElement);
    this.#draw();
    if (place >= 0) this.#items()[Math.min(place, this.#items().length - 1)]?.focus({ preventScroll: true });
  }

  #draw() {
    const setting = this.#settings.get(this.#page);
    this.panel.replaceChildren(...(setting ? this.#choices(setting) : this.#overview()));
  }

  #overview() {
    return [...this.#settings.values()]
      .filter((setting) => (setting.run ? setting.isShown() : setting.choices().length > 1))
      .map((setting) =>
        setting.run ? this.#action(setting) : make(
          "button",
          { type: "button", class: "player-menu-item", role: "menuitem", "aria-haspopup": "menu", onclick: () => this.open(setting.name) },
          icon(setting.iconName),
          make("span", {}, setting.name),
          make("span", { class: "player-menu-value" }, setting.summary()),
          icon("chevron-right"),
        ),
      );
  }

  #action({ name, iconName, run, isOn }) {
    const role = isOn ? { role: "menuitemcheckbox", "aria-checked": String(isOn()) } : { role: "menuitem" };
    const onclick = (event) => {
      this.close({ refocus: event.detail === 0 });
      run();
    };
    const value = isOn ? make("span", { class: "player-menu-value" }, isOn() ? "On" : "Off") : null;
    return make("button", { type: "button", class: "player-menu-item player-menu-action", ...role, onclick }, icon(iconName), make("span", {}, name), value);
  }

  #choices(setting) {
    const back = make(
      "button",
      { type: "button", class: "player-menu-item player-menu-back", role: "menuitem", onclick: () => this.open() },
      icon("chevron-left"),
      make("span", {}, setting.name),
    );
    const items = setting.choices().map(({ value, name, isCurrent }) =>
      make(
        "button",
        {
          type: "button",
          class: "player-menu-item",
          role: "menuitemradio",
          "aria-checked": String(isCurrent),
          onclick: (event) => {
            setting.choose(value);
            this.close({ refocus: event.detail === 0 }); // 0: pressed by key
          },
        },
        icon("check"),
        make("span", {}, name),
      ),
    );
    return [back, ...items, ...(setting.after ? [this.#action(setting.after)] : [])];
  }

  #items() {
    return [...this.panel.querySelectorAll(".player-menu-item")];
  }

  #onKey(event) {
    const items = this.#items();
    const place = items.indexOf(document.activeElement);
    const moves = {
      ArrowDown: () => items[(place + 1) % items.length].focus(),
      ArrowUp: () => items.at(place - 1).focus(),
      Home: () => items[0].focus(),
      End: () => items.at(-1).focus(),
      ArrowRight: () => !this.#page && document.activeElement.click(),
      ArrowLeft: () => this.#page && this.open(),
      Escape: () => (this.#page ? this.open() : this.close({ refocus: true })),
      Tab: () => this.close({ refocus: true }),
    };
    if (!moves[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    moves[event.key]();
  }
}

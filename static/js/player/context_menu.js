/** The menu of a right click (or the menu key) on the picture. With Shift the browser's own comes. */
import { icon, make } from "../basics/dom.js";
import { tryCopying } from "./stats.js";

/** The page's canonical address, so that what is copied has nothing of a list or a search in it. */
function address(time = 0) {
  const url = new URL(document.querySelector("link[rel='canonical']")?.href ?? location.href, location.href);
  if (time > 0) url.searchParams.set("t", time);
  return url.href;
}

export class ContextMenu {
  #player;

  constructor(player) {
    this.#player = player;
    this.panel = make("div", { class: "player-menu player-context", role: "menu", "aria-label": "Video", hidden: true });
    const { root, signal } = player;
    root.append(this.panel);
    root.addEventListener("contextmenu", (event) => this.#onAsked(event));
    this.panel.addEventListener("keydown", (event) => this.#onKey(event));
    document.addEventListener("pointerdown", ({ target }) => !this.panel.contains(target) && this.close(), { signal });
  }

  get #entries() {
    const player = this.#player;
    const { video, stats, help } = player;
    const code = document.querySelector("[data-share-code]")?.defaultValue;
    const now = Math.floor(video.currentTime);
    return [
      ["link", "Copy address", () => tryCopying(player, address(), "Address copied")],
      ["clock", "Copy address at this time", () => tryCopying(player, address(now), "Address copied")],
      code && ["copy", "Copy embed code", () => tryCopying(player, code, "Embed code copied")],
      ["repeat", "Loop", () => player.switchLoop(), video.loop],
      ["info", "Stats for nerds", () => stats.toggle(), stats.isOn],
      ["keyboard", "Keys", () => help.toggle()],
    ].filter(Boolean);
  }

  #onAsked(event) {
    if (event.shiftKey || event.target.closest("dialog, .player-stats, .player-error, .player-next, a")) return;
    event.preventDefault();
    if (!this.panel.contains(event.target)) this.open(event.clientX, event.clientY);
  }

  open(x, y) {
    const player = this.#player;
    player.menu.close();
    this.panel.replaceChildren(...this.#entries.map((entry) => this.#item(...entry)));
    this.panel.hidden = false;
    player.root.dataset.menu = "";
    const box = player.root.getBoundingClientRect();
    const [width, height] = [this.panel.offsetWidth, this.panel.offsetHeight];
    // From the keyboard there is no place: then in the middle.
    const left = x || y ? x - box.left : (box.width - width) / 2;
    const top = x || y ? y - box.top : (box.height - height) / 2;
    this.panel.style.left = `${Math.max(0, Math.min(left, box.width - width))}px`;
    this.panel.style.top = `${Math.max(0, Math.min(top, box.height - height))}px`;
    this.panel.firstElementChild.focus({ preventScroll: true });
  }

  close() {
    if (this.panel.hidden) return;
    const hadFocus = this.panel.contains(document.activeElement);
    this.panel.hidden = true;
    delete this.#player.root.dataset.menu;
    if (hadFocus) this.#player.root.focus({ preventScroll: true });
  }

  #item(iconName, name, run, isOn = null) {
    const attributes = isOn === null ? { role: "menuitem" } : { role: "menuitemcheckbox", "aria-checked": String(isOn) };
    const onclick = () => {
      this.close();
      run();
    };
    const mark = isOn ? icon("check", "player-menu-mark") : null;
    return make("button", { type: "button", class: "player-menu-item", ...attributes, onclick }, icon(iconName), make("span", {}, name), mark);
  }

  #onKey(event) {
    const items = [...this.panel.children];
    const place = items.indexOf(document.activeElement);
    const moves = {
      ArrowDown: () => items[(place + 1) % items.length].focus(),
      ArrowUp: () => items.at(place - 1).focus(),
      Home: () => items[0].focus(),
      End: () => items.at(-1).focus(),
      Escape: () => this.close(),
      Tab: () => this.close(),
    };
    if (!moves[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    moves[event.key]();
  }
}

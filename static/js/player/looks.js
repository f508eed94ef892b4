/** How captions look, as each viewer likes to read them; kept for all videos. */
import { recall, remember } from "../basics/memory.js";

const COLOURS = [
  ["#ffffff", "White"],
  ["#ffe83d", "Yellow"],
  ["#7ff58a", "Green"],
  ["#7fe9ff", "Cyan"],
  ["#9db4ff", "Blue"],
  ["#ff9bf0", "Magenta"],
  ["#ff8f85", "Red"],
  ["#000000", "Black"],
];
const EDGES = {
  none: "none",
  shadow: "0.06em 0.06em 0.12em #000, 0 0 0.3em #000",
  outline: "-0.05em -0.05em 0 #000, 0.05em -0.05em 0 #000, -0.05em 0.05em 0 #000, 0.05em 0.05em 0 #000, 0 0 0.1em #000",
  raised: "0.04em 0.04em 0 #222, 0.08em 0.08em 0 #222, 0.1em 0.1em 0.15em #000",
};
const FONTS = {
  sans: "inherit",
  serif: 'Georgia, "Times New Roman", serif',
  mono: 'ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace',
  round: '"Comic Sans MS", "Comic Neue", "Chalkboard SE", cursive',
};

/** What can be chosen: for each part, its name and [value, name] of the choices. */
export const PARTS = {
  size: ["Size", [["0.75", "Small"], ["1", "Normal"], ["1.25", "Large"], ["1.6", "Larger"], ["2.2", "Largest"]]],
  colour: ["Text colour", COLOURS],
  background: ["Background", COLOURS],
  opacity: ["Background shows", [["0", "Not at all"], ["0.25", "A little"], ["0.5", "Half"], ["0.78", "Mostly"], ["1", "Fully"]]],
  edge: ["Edge of letters", [["none", "None"], ["shadow", "Shadow"], ["outline", "Outline"], ["raised", "Raised"]]],
  font: ["Font", [["sans", "Plain"], ["serif", "With serifs"], ["mono", "Typewriter"], ["round", "Handwriting"]]],
  place: ["Place", [["bottom", "Bottom"], ["top", "Top"]]],
};
export const USUAL = { size: "1", colour: "#ffffff", background: "#000000", opacity: "0.78", edge: "none", font: "sans", place: "bottom" };

/** What was kept, made whole: unknown parts and values become the usual ones. */
export function tidyLooks(kept) {
  const valid = (part) => PARTS[part][1].some(([value]) => value === kept?.[part]);
  return Object.fromEntries(Object.keys(PARTS).map((part) => [part, valid(part) ? kept[part] : USUAL[part]]));
}

/** The custom properties that css/player.css reads. */
export function styleOf(looks) {
  const parts = [1, 3, 5].map((place) => parseInt(looks.background.slice(place, place + 2), 16));
  return {
    "--caption-scale": looks.size,
    "--caption-colour": looks.colour,
    "--caption-background": `rgb(${parts.join(" ")} / ${looks.opacity})`,
    "--caption-edge": EDGES[looks.edge],
    "--caption-font": FONTS[looks.font],
  };
}

export class Looks {
  #root;
  #dialog = null;

  constructor(player) {
    this.#root = player.root;
    this.chosen = tidyLooks(recall("captionLooks", USUAL));
    this.#apply();
  }

  set(part, value) {
    this.chosen = tidyLooks({ ...this.chosen, [part]: value });
    this.#keep();
  }

  reset() {
    this.chosen = { ...USUAL };
    this.#keep();
  }

  /** The sheet with a sample; what it is made of is loaded when somebody wants it. */
  async open() {
    const { LooksDialog } = await import("./looks_dialog.js");
    this.#dialog ??= new LooksDialog(this, this.#root);
    this.#dialog.open();
  }

  #keep() {
    remember("captionLooks", this.chosen);
    this.#apply();
  }

  #apply() {
    for (const [name, value] of Object.entries(styleOf(this.chosen))) this.#root.style.setProperty(name, value);
    this.#root.dataset.captionsPlace = this.chosen.place;
  }
}

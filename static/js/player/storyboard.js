/** The small pictures along the time bar, from WebVTT that names places in sheets ("sheet.jpg#xywh=0,0,160,90"). */

const CUE = /(\S+)\s+-->\s+(\S+)[^\n]*\n(\S+?)#xywh=(\d+),(\d+),(\d+),(\d+)/g;

function seconds(stamp) {
  return stamp.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
}

/** The tiles in order of time: {start, end, url, x, y, width, height}. */
export function parseStoryboard(text, address) {
  return [...text.replaceAll("\r\n", "\n").matchAll(CUE)].map(([, start, end, sheet, x, y, width, height]) => ({
    start: seconds(start),
    end: seconds(end),
    url: new URL(sheet, address).href,
    x: Number(x),
    y: Number(y),
    width: Number(width),
    height: Number(height),
  }));
}

export class Storyboard {
  #tiles = [];
  #address;
  #asked = false;

  constructor(address) {
    this.#address = address ? new URL(address, location.href).href : null;
  }

  /** Loads the list once, when somebody first shows interest in the time bar. */
  async load() {
    if (!this.#address || this.#asked) return;
    this.#asked = true;
    try {
      const response = await fetch(this.#address);
      if (response.ok) this.#tiles = parseStoryboard(await response.text(), this.#address);
      else this.#asked = false;
    } catch {
      this.#asked = false;
    }
  }

  tileAt(time) {
    return this.#tiles.findLast((tile) => tile.start <= time) ?? this.#tiles[0] ?? null;
  }

  /** Shows the tile for this time in the element; false when there is none. */
  paint(element, time, width, height = width) {
    const tile = this.tileAt(time);
    if (!tile) return false;
    const scale = Math.min(width / tile.width, height / tile.height);
    const picture = element.firstElementChild;
    Object.assign(element.style, { width: `${tile.width * scale}px`, height: `${tile.height * scale}px` });
    Object.assign(picture.style, {
      width: `${tile.width}px`,
      height: `${tile.height}px`,
      backgroundImage: `url("${tile.url}")`,
      backgroundPosition: `-${tile.x}px -${tile.y}px`,
      transform: `scale(${scale})`,
    });
    return true;
  }
}

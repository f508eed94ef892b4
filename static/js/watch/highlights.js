/** Marks words in text without changing the page, where the browser can; see ::highlight in css/pages/watch.css. */

const MOST = 2000;

export class Highlights {
  #name;

  constructor(name) {
    this.#name = name;
  }

  clear() {
    window.CSS?.highlights?.delete(this.#name);
  }

  /** Marks the text wherever it stands, written alike but for upper and lower case, in these elements. */
  mark(elements, text) {
    this.clear();
    if (!text || !window.CSS?.highlights) return;
    const ranges = elements.slice(0, MOST).flatMap((element) => rangesIn(element.firstChild, text.toLowerCase()));
    window.CSS.highlights.set(this.#name, new window.Highlight(...ranges));
  }
}

function rangesIn(node, wanted) {
  const content = node?.textContent.toLowerCase() ?? "";
  if (content.length !== node?.length) return []; // some letter is longer in lower case: places would be wrong
  const ranges = [];
  for (let at = content.indexOf(wanted); at >= 0; at = content.indexOf(wanted, at + wanted.length)) {
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + wanted.length);
    ranges.push(range);
  }
  return ranges;
}

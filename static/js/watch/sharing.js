/** The share dialog: link, mail, QR code and embed code begin at the time, and look as was chosen. */
import { clock, parseTime } from "../player/format.js";

/** `address` with the query that the choices ask for; what is as by default is left out. */
export function addressWith(address, choices) {
  const url = new URL(address);
  for (const [name, value] of Object.entries(choices)) {
    if (value !== null) url.searchParams.set(name, value);
  }
  return url.href;
}

/** The whole second that somebody typed; null where it is no time before the end of a video of this length, if it is known. */
export function startOf(typed, length) {
  const time = parseTime(typed.trim());
  return time === null || (length && time >= length) ? null : Math.floor(time);
}

/** The embed code for another address and width, in pixels; without a width it takes what its place has. */
export function codeWith(code, address, width, size) {
  const frame = new DOMParser().parseFromString(code, "text/html").querySelector("iframe");
  frame.setAttribute("src", address);
  if (width) {
    frame.setAttribute("width", width);
    frame.setAttribute("height", Math.round((width * size.height) / size.width));
  } else {
    frame.removeAttribute("width");
    frame.removeAttribute("height");
    frame.setAttribute("style", `width: 100%; aspect-ratio: ${size.width} / ${size.height}; border: 0`);
  }
  return frame.outerHTML;
}

class ShareDialog {
  #root;

  constructor(dialog) {
    this.#root = dialog.querySelector("[data-share]");
    this.link = this.#find("link").value;
    this.code = this.#find("code")?.value;
    this.qr = this.#root.querySelector("img").getAttribute("src");
    dialog.addEventListener("toggle", (event) => event.newState === "open" && this.#open());
    this.#root.addEventListener("input", ({ target }) => this.#onInput(target));
    for (const name of ["link", "code"]) this.#find(name)?.addEventListener("focus", ({ target }) => target.select());
    this.#offerNative();
  }

  #find(name) {
    return this.#root.querySelector(`[data-share-${name}]`);
  }

  #open() {
    const now = document.querySelector("[data-player] video")?.currentTime ?? 0;
    if (!this.#find("has-time").checked) this.#find("time").value = clock(now);
    this.#show();
  }

  /** Who types a time wants it. */
  #onInput(target) {
    if (target === this.#find("time")) this.#find("has-time").checked = true;
    this.#show();
  }

  /** Where it is to start, null for its beginning; what is no time is told, and left out. */
  #start() {
    const time = this.#find("time");
    const start = this.#find("has-time").checked ? startOf(time.value, Number(this.#root.dataset.length)) : 0;
    this.#find("wrong").hidden = start !== null;
    time.setAttribute("aria-invalid", String(start === null));
    return start || null;
  }

  #offerNative() {
    const button = this.#find("native");
    if (!navigator.share) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      navigator.share({ title: document.title, url: this.#find("link").value }).catch(() => {}); // closed without sharing
    });
  }

  #show() {
    const t = this.#start();
    const link = addressWith(this.link, { t });
    this.#find("link").value = link;
    this.#find("copy-link").dataset.copy = link;
    const mail = this.#find("mail");
    mail.href = mail.href.replace(/body=.*$/, () => `body=${encodeURIComponent(link)}`);
    this.#root.querySelector("img").src = t ? `${this.qr}?t=${t}` : this.qr;
    if (this.code) this.#showCode(t);
  }

  #showCode(t) {
    const option = (name) => this.#root.querySelector(`[name="${name}"]`).checked;
    const { width, height } = this.#find("embed").dataset;
    const embed = new DOMParser().parseFromString(this.code, "text/html").querySelector("iframe").getAttribute("src");
    const address = addressWith(embed, {
      t,
      autoplay: option("autoplay") ? 1 : null,
      loop: option("loop") ? 1 : null,
      title: option("title") ? null : 0,
    });
    const code = codeWith(this.code, address, Number(this.#find("size").value), { width: Number(width), height: Number(height) });
    this.#find("code").value = code;
    this.#find("copy-code").dataset.copy = code;
  }
}

export function setUpSharing() {
  const dialog = document.getElementById("share");
  if (dialog?.querySelector("[data-share]")) new ShareDialog(dialog);
}

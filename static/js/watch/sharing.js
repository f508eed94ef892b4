/** The share dialog: link, mail, QR code and embed code begin at the time, and look as was chosen. */
import { clock } from "../player/format.js";

/** `address` with the query that the choices ask for; what is as by default is left out. */
export function addressWith(address, choices) {
  const url = new URL(address);
  for (const [name, value] of Object.entries(choices)) {
    if (value !== null) url.searchParams.set(name, value);
  }
  return url.href;
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
  #time = 0;

  constructor(dialog) {
    this.#root = dialog.querySelector("[data-share]");
    this.link = this.#find("link").value;
    this.code = this.#find("code")?.value;
    this.qr = this.#root.querySelector("img").getAttribute("src");
    dialog.addEventListener("toggle", (event) => event.newState === "open" && this.#open());
    this.#root.addEventListener("input", () => this.#show());
    for (const name of ["link", "code"]) this.#find(name)?.addEventListener("focus", ({ target }) => target.select());
    this.#offerNative();
  }

  #find(name) {
    return this.#root.querySelector(`[data-share-${name}]`);
  }

  #open() {
    this.#time = Math.floor(document.querySelector("[data-player] video")?.currentTime ?? 0);
    this.#find("has-time").nextElementSibling.textContent = `Start at ${clock(this.#time)}`;
    this.#find("has-time").disabled = this.#time === 0;
    this.#show();
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
    const t = this.#find("has-time").checked && this.#time ? this.#time : null;
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

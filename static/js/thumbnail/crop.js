/** A picture of one's own: chosen, dropped or pasted, and which part of it is kept. */

const STEP = 0.01;

function pictureOf(transfer) {
  return [...(transfer?.files ?? [])].find((file) => file.type.startsWith("image/")) ?? null;
}

export class Crop {
  #form;
  #frame;
  #picture;
  #range;
  #url = null;
  #isUnsent = false;
  #end = new AbortController();

  constructor(form) {
    const { signal } = this.#end;
    this.#form = form;
    this.#frame = form.querySelector("[data-crop]");
    this.#picture = form.querySelector("[data-crop-picture]");
    this.#range = form.elements.position;
    const [width, height] = form.dataset.shape.split(":");
    this.#frame.style.aspectRatio = `${width} / ${height}`;
    form.querySelector("[data-crop-field]").hidden = true;
    form.elements.picture.addEventListener("change", () => this.#show(form.elements.picture.files[0]), { signal });
    this.#picture.addEventListener("load", () => this.#lay(), { signal });
    this.#picture.addEventListener("error", () => this.#hide(), { signal });
    this.#range.addEventListener("input", () => this.#lay(), { signal });
    this.#frame.addEventListener("pointerdown", (event) => this.#drag(event), { signal });
    form.addEventListener("submit", () => (this.#isUnsent = false), { signal });
    form.addEventListener("reset", () => this.#discard(), { signal });
    window.addEventListener("beforeunload", (event) => this.#isUnsent && event.preventDefault(), { signal });
  }

  end() {
    this.#end.abort();
    if (this.#url) URL.revokeObjectURL(this.#url);
  }

  /** A picture that was dropped or pasted, as if it had been chosen. */
  take(file) {
    const chosen = new DataTransfer();
    chosen.items.add(file);
    const field = this.#form.elements.picture;
    field.files = chosen.files;
    this.#show(file);
    field.focus();
  }

  #show(file) {
    if (this.#url) URL.revokeObjectURL(this.#url);
    this.#url = file ? URL.createObjectURL(file) : null;
    this.#range.value = 0.5;
    this.#tell(Boolean(file));
    if (this.#url) this.#picture.src = this.#url;
    else this.#hide();
  }

  #discard() {
    this.#show(null);
    this.#form.elements.picture.focus();
  }

  /** What was chosen is nowhere but in this page until its button is pressed. */
  #tell(isUnsent) {
    this.#isUnsent = isUnsent;
    this.#form.querySelector("[data-crop-unsent]").hidden = !isUnsent;
    this.#form.querySelector("[data-crop-discard]").hidden = !isUnsent;
    this.#form.querySelector("[data-crop-send]").classList.toggle("button-primary", isUnsent);
  }

  /** One that this browser cannot show may still be a picture for the site. */
  #hide() {
    this.#frame.hidden = true;
    this.#form.querySelector("[data-crop-field]").hidden = true;
  }

  /** The same as the site will do: `object-position` says the place by the same share. */
  #lay() {
    const place = `${Number(this.#range.value) * 100}%`;
    this.#frame.hidden = false;
    this.#picture.style.objectPosition = `${place} ${place}`;
    this.#form.querySelector("[data-crop-field]").hidden = Math.max(...this.#slack) < 1;
  }

  /** How much of the picture, as it is shown, lies outside of the frame: to the sides, above and below. */
  get #slack() {
    const { width, height } = this.#frame.getBoundingClientRect();
    const scale = Math.max(width / this.#picture.naturalWidth, height / this.#picture.naturalHeight);
    return [this.#picture.naturalWidth * scale - width, this.#picture.naturalHeight * scale - height];
  }

  #drag(event) {
    const [sideways, upright] = this.#slack;
    const isSideways = sideways > upright;
    const slack = isSideways ? sideways : upright;
    if (slack < 1) return;
    const from = isSideways ? event.clientX : event.clientY;
    const began = Number(this.#range.value);
    const end = new AbortController();
    const move = (next) => {
      const moved = (isSideways ? next.clientX : next.clientY) - from;
      this.#range.value = Math.round((began - moved / slack) / STEP) * STEP;
      this.#lay();
    };
    this.#frame.setPointerCapture(event.pointerId);
    this.#frame.addEventListener("pointermove", move, { signal: end.signal });
    for (const name of ["pointerup", "pointercancel"]) this.#frame.addEventListener(name, () => end.abort(), { signal: end.signal });
  }
}

/** Pictures that are dropped on a form, or pasted where there is one. `cropOf` gives what belongs to a form. */
export function watchPictures(cropOf) {
  const formAt = (target) => target.closest?.("[data-picture-form]");
  document.addEventListener("dragover", (event) => formAt(event.target) && event.preventDefault(), true);
  document.addEventListener("drop", (event) => take(event, formAt(event.target), event.dataTransfer), true);
  document.addEventListener("paste", (event) => take(event, formAt(event.target) ?? onlyForm(), event.clipboardData), true);

  function take(event, form, transfer) {
    const file = pictureOf(transfer);
    if (!form || !file) return;
    event.preventDefault();
    cropOf(form)?.take(file);
  }
}

/** The form that is meant where the focus says nothing: the only one that is unfolded. */
function onlyForm() {
  const shown = [...document.querySelectorAll("[data-picture-form]")].filter((form) => form.checkVisibility());
  return shown.length === 1 ? shown[0] : null;
}

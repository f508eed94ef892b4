/** "Use for all files": what one row says is written into the others, as far as somebody chooses. */

export class Applying {
  #dialog;
  #uploads;
  #from = null;

  constructor(dialog, uploads) {
    this.#dialog = dialog;
    this.#uploads = uploads;
    dialog.addEventListener("close", () => dialog.returnValue === "apply" && this.#apply());
  }

  open(row) {
    this.#from = row;
    this.#dialog.returnValue = "";
    this.#dialog.showModal();
  }

  #apply() {
    const boxes = [...this.#dialog.querySelectorAll("[name='names']:checked")];
    const names = boxes.flatMap((box) => box.value.split(" "));
    if (!names.length) return;
    for (const row of this.#uploads.rows) if (row !== this.#from) row.take(this.#from, names);
  }
}

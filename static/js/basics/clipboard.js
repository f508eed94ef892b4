/** Putting text on the clipboard. */

/** Rejects where the browser does not allow it. The clipboard needs a secure page; where there is none, the old command still works. */
export async function copyText(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("copy was refused");
}

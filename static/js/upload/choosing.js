/** How files get to the page: by the button, dropped anywhere on it, or pasted. */

/** `signal` ends it. */
export function watchChoosing(zone, input, onFiles, signal) {
  let depth = 0;
  const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const mark = (by) => {
    depth = Math.max(0, depth + by);
    zone.classList.toggle("drop-zone-over", depth > 0);
  };
  input.addEventListener("change", () => {
    onFiles([...input.files]);
    input.value = ""; // the same file may be chosen again
  });
  document.addEventListener("dragenter", (event) => hasFiles(event) && mark(1), { signal });
  document.addEventListener("dragleave", (event) => hasFiles(event) && mark(-1), { signal });
  document.addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault(), { signal });
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    const isTaken = event.defaultPrevented; // by a place of the page that takes pictures
    event.preventDefault();
    mark(-depth);
    if (!isTaken) onFiles([...event.dataTransfer.files]);
  }, { signal });
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length && !event.defaultPrevented) onFiles(files);
  }, { signal });
}

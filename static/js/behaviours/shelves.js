/** Rows that scroll sideways: buttons for those who point with a mouse, where there is more than fits. */

const rowOf = (steps) => steps.closest(".shelf").querySelector("[data-shelf]");

function update(steps) {
  const row = rowOf(steps);
  const room = row.scrollWidth - row.clientWidth;
  steps.hidden = room < 8;
  for (const button of steps.querySelectorAll("[data-shelf-step]")) {
    button.disabled = Number(button.dataset.shelfStep) < 0 ? row.scrollLeft < 8 : row.scrollLeft > room - 8;
  }
}

export function watchShelves(signal) {
  const all = [...document.querySelectorAll("[data-shelf-steps]")];
  const observer = new ResizeObserver(() => all.forEach(update));
  signal.addEventListener("abort", () => observer.disconnect());
  for (const steps of all) {
    const row = rowOf(steps);
    observer.observe(row);
    row.addEventListener("scroll", () => update(steps), { passive: true, signal });
    steps.addEventListener(
      "click",
      ({ target }) => {
        const step = Number(target.closest("[data-shelf-step]")?.dataset.shelfStep);
        if (step) row.scrollBy({ left: step * row.clientWidth * 0.85 });
      },
      { signal },
    );
  }
}

/** <time> in the viewer's own zone and language: the exact moment on hover, or as the text with data-exact. */

const FORMAT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

function localize(root) {
  for (const element of root.querySelectorAll?.("time[datetime]") ?? []) {
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    element.title = FORMAT.format(moment);
    if (element.hasAttribute("data-exact")) element.textContent = element.title;
  }
}

export function watchTimes() {
  localize(document);
  document.addEventListener("htmx:after:swap", () => localize(document));
}

/** The form of a report comes in the dialog of the page. */

const dialog = () => document.getElementById("report");

export function openReports() {
  document.addEventListener("htmx:after:swap", ({ detail }) => {
    if (detail.ctx?.sourceElement?.matches?.("[data-opens='report']")) dialog()?.showPopover();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-close-dialog]") || !dialog()?.matches(":popover-open")) return;
    event.preventDefault();
    dialog().hidePopover();
  });
}

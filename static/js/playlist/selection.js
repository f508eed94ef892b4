/**
 * Checked rows: their number, a box for all that are shown, one for all that there are, and buttons that need at least
 * one; those that need "some" do nothing with rows that are not shown.
 */

function update(form) {
  const boxes = [...document.querySelectorAll("[data-select]")];
  const everything = form.querySelector("[data-select-everything]:checked");
  for (const box of boxes) {
    if (everything) box.checked = true;
    box.disabled = Boolean(everything);
  }
  const chosen = boxes.filter((box) => box.checked);
  const all = form.querySelector("[data-select-all]");
  all.checked = boxes.length > 0 && chosen.length === boxes.length;
  all.indeterminate = chosen.length > 0 && !all.checked;
  all.disabled = Boolean(everything);
  const count = everything ? everything.dataset.selectEverything : chosen.length;
  form.querySelector("[data-selected]").textContent = chosen.length ? `${count} checked` : "";
  form.toggleAttribute("data-has-selection", chosen.length > 0);
  for (const button of form.querySelectorAll("[data-needs-selection]")) {
    button.disabled = chosen.length === 0 || (Boolean(everything) && button.dataset.needsSelection === "some");
  }
}

/** The dialog for saving is asked for the videos, not for the items or rows, that are checked. */
function saveAddress(button) {
  const address = new URL(button.getAttribute("formaction"), location.href);
  for (const box of document.querySelectorAll("[data-select]:checked")) {
    if (box.dataset.videoId) address.searchParams.append("video", box.dataset.videoId);
  }
  return address.pathname + address.search;
}

export function setUpSelection(signal) {
  const form = document.querySelector("[data-selection]");
  if (!form) return;
  const refresh = () => update(form);
  document.addEventListener(
    "change",
    ({ target }) => {
      if (target.matches("[data-select-all], [data-select-everything]")) {
        for (const box of document.querySelectorAll("[data-select]")) box.checked = target.checked;
      }
      if (target.matches("[data-select], [data-select-all], [data-select-everything]")) refresh();
    },
    { signal },
  );
  form.addEventListener(
    "submit",
    (event) => {
      if (event.submitter?.getAttribute("formmethod") !== "get") return;
      event.preventDefault();
      window.htmx.ajax("GET", saveAddress(event.submitter), { target: "#dialogs", swap: "innerHTML", source: form });
    },
    { signal },
  );
  document.addEventListener("htmx:after:swap", refresh, { signal });
  refresh();
}

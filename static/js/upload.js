/** The upload page: every chosen file becomes a row with a form, and goes up in parts, several at a time. */
import { watchChoosing } from "./upload/choosing.js";
import { isSameChoice } from "./upload/files.js";
import { Overview } from "./upload/overview.js";
import { Row } from "./upload/row.js";
import { Slots } from "./upload/slots.js";
import { formatBytes } from "./upload/speed.js";
import { Transfer } from "./upload/transfer.js";
import { Unfinished } from "./upload/unfinished.js";

const PARTS_AT_ONCE = 4;
const TYPING_MS = 200;

const root = document.getElementById("upload");
const list = root.querySelector("[data-rows]");
const template = root.querySelector("[data-row]");
const signedOut = root.querySelector("[data-signed-out]");
const input = root.querySelector("[data-files]");
const maxBytes = Number(root.dataset.maxBytes);

const slots = new Slots(PARTS_AT_ONCE);
const rows = [];
let place = 0;
const overview = new Overview(() => rows, root.querySelector("[data-live]"));
const unfinished = new Unfinished(root, { onChoose: () => input.click() });

function toast(message, kind = "bad") {
  document.dispatchEvent(new CustomEvent("toast", { detail: { message, kind } }));
}

/** What can be said without asking the site. */
function complaintAbout(file) {
  if (!file.size) return `${file.name} is empty.`;
  if (file.size > maxBytes) return `${file.name} is ${formatBytes(file.size)}; the largest allowed is ${formatBytes(maxBytes)}.`;
  if (rows.some(({ transfer }) => !transfer.isOver && isSameChoice(transfer.file, file))) return `${file.name} is in the list already.`;
  return null;
}

function add(file) {
  const complaint = complaintAbout(file);
  if (complaint) return toast(complaint);
  place += 1;
  const transfer = new Transfer(file, { slots, place, unfinished });
  const row = new Row(template, transfer, { onGone: forget });
  rows.push(row);
  list.append(row.element);
  transfer.addEventListener("change", () => onChange(row));
  transfer.start();
}

function forget(row) {
  rows.splice(rows.indexOf(row), 1);
  overview.update();
  (list.querySelector(".upload-item") ?? input).focus();
}

function onChange(row) {
  overview.update();
  signedOut.hidden = !rows.some(({ transfer }) => transfer.state === "signed-out");
  if (row.transfer.state === "done" && rows.length === 1) leaveFor(row);
}

/** A single upload ends on the page of its video, as soon as nobody types and what was typed is saved. */
function leaveFor(row) {
  if (rows.length > 1 || row.draft.hasFailed) return;
  if (row.draft.isResting) location.assign(row.transfer.watchPath);
  else setTimeout(() => leaveFor(row), TYPING_MS);
}

function goOn() {
  for (const { transfer } of rows) {
    if (transfer.state === "signed-out") transfer.start();
  }
}

watchChoosing(root.querySelector("[data-drop-zone]"), input, (files) => files.forEach(add));
root.querySelector("[data-go-on]").addEventListener("click", goOn);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) goOn();
});

/** Days and times as their fields have them, in the time zone of whoever sits here. */

export function ownZone() {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}

/** What a field of the type datetime-local holds for this moment, as the clock here shows it. */
export function asTyped(moment) {
  const date = new Date(moment);
  if (Number.isNaN(date.getTime())) return "";
  const two = (number) => String(number).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** Fields for a time zone begin with one's own; times that the site gave in UTC are written as the clock here shows them. */
export function fillInZones(root) {
  for (const field of root.querySelectorAll("[data-time-zone]")) {
    field.value = ownZone();
    const moment = field.form?.querySelector("[data-moment]");
    if (moment) moment.value = asTyped(moment.dataset.moment);
  }
}

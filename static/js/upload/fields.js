/** Between the fields of a row's form and what the API calls them. */
import { asTyped, ownZone } from "../basics/zones.js";

const PLAIN = ["title", "description", "tags", "visibility", "category", "language", "licence", "recorded_on", "comments", "downloads"];
const FLAGS = ["is_sensitive"];
const SCHEDULE = ["publish", "publish_at", "time_zone"];

/** What is to be saved when these fields have changed; a time counts once it is whole. */
export function changesOf(form, names) {
  const { elements } = form;
  const changes = {};
  for (const name of PLAIN) if (names.has(name) && elements[name]) changes[name] = elements[name].value;
  for (const name of FLAGS) if (names.has(name)) changes[name] = elements[name].checked;
  if (names.has("playlist")) changes.playlists = elements.playlist.value ? [elements.playlist.value] : [];
  if (SCHEDULE.some((name) => names.has(name))) Object.assign(changes, scheduleOf(elements));
  return changes;
}

function scheduleOf({ publish, publish_at: moment, time_zone: zone }) {
  if (publish.value !== "at_time") return { publish: publish.value };
  return moment.value ? { publish: publish.value, publish_at: moment.value, time_zone: zone.value } : {};
}

/** Writes what one form says into another. */
export function copyFields(names, { elements: from }, { elements: to }) {
  for (const name of names) {
    if (FLAGS.includes(name)) to[name].checked = from[name].checked;
    else to[name].value = from[name].value;
  }
}

/** What is wrong with these fields, as far as can be said here; null when nothing is. */
export function complaintAbout(form, names) {
  if (names.has("title") && !form.elements.title.value.trim()) return "A title is needed.";
  const { publish, publish_at: moment } = form.elements;
  if (publish.value === "at_time" && !moment.value) return "Choose the day and the time at which it is published.";
  return null;
}

/** Shows what the site has, but not in the fields that somebody has touched. */
export function show(form, video, touched) {
  const shown = {
    ...Object.fromEntries(PLAIN.map((name) => [name, video[name] ?? ""])),
    tags: video.tags.join(", "),
    publish: video.publish,
    publish_at: video.publish_at ? asTyped(video.publish_at) : "",
    time_zone: ownZone(),
  };
  for (const [name, value] of Object.entries(shown)) {
    const field = form.elements[name]; // none for comments, where the site has none
    if (field && !touched.has(name)) field.value = value;
  }
  for (const name of FLAGS) if (!touched.has(name)) form.elements[name].checked = video[name];
}

/** The fields of a form whose values are its own to give. */
export const NAMES = [...PLAIN, ...FLAGS, "playlist", ...SCHEDULE];

/** What the browser remembers for this site. Storage may be off or full: then nothing is remembered, and all works. */

const PREFIX = "vod.";

export function recall(name, fallback) {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? fallback : JSON.parse(text);
  } catch {
    return fallback;
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // Private windows and full disks: forgetting is the right answer.
  }
}

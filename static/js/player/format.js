/** Times as text: for the eye, for the ear, and from ?t=. */

/** 247 -> "4:07", 3847 -> "1:04:07". */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const parts = [Math.floor(whole / 60) % 60, whole % 60];
  if (whole >= 3600) parts.unshift(Math.floor(whole / 3600));
  return parts.map((part, index) => (index ? String(part).padStart(2, "0") : part)).join(":");
}

/** How long a video is: what is shorter than a second counts as one, as on the cards. */
export function lengthClock(seconds) {
  return clock(seconds > 0 ? Math.max(1, seconds) : 0);
}

function amount(number, unit) {
  return `${number} ${unit}${number === 1 ? "" : "s"}`;
}

/** 247 -> "4 minutes 7 seconds". */
export function spoken(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const parts = [
    [Math.floor(whole / 3600), "hour"],
    [Math.floor(whole / 60) % 60, "minute"],
    [whole % 60, "second"],
  ].filter(([number]) => number);
  return parts.map(([number, unit]) => amount(number, unit)).join(" ") || "0 seconds";
}

/** Reads "83", "83.5", "1m23s", "1h2m3s" and "1:23"; null for anything else. */
export function parseTime(text) {
  if (!text) return null;
  if (/^\d+(\.\d+)?s?$/.test(text)) return parseFloat(text);
  if (/^\d+(:\d{1,2}){1,2}$/.test(text)) return text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  const match = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text);
  if (!match || !match[0]) return null;
  const [, hours = 0, minutes = 0, seconds = 0] = match.map((part) => part ?? 0);
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** The list of chapters as a text: where a line for a time belongs. */
import { clock, parseTime } from "../player/format.js";

const LINE_TIME = /^\s*(\d{1,3}(?::\d{2}){1,2})/;

/** The text with a line for this time where it belongs, and where its title is to be typed. */
export function insertLine(text, seconds) {
  const lines = text.split("\n").filter((line) => line.trim());
  const time = Math.floor(seconds);
  const isLater = (line) => (parseTime(LINE_TIME.exec(line)?.[1]) ?? -1) > time;
  const found = lines.findIndex(isLater);
  const place = found < 0 ? lines.length : found;
  lines.splice(place, 0, `${clock(time)} `);
  return { text: lines.join("\n"), caret: lines.slice(0, place + 1).join("\n").length };
}

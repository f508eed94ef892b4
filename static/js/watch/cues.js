/** What a caption track says, for reading: its lines, which of them is heard at a time, and which hold some words. */

const BLOCK = /((?:\d+:)?\d{2}:\d{2}\.\d{3})\s+-->[^\n]*\n([\s\S]*?)(?=\n\n|$)/g;
const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&nbsp;": " ", "&lrm;": "\u200e", "&rlm;": "\u200f" };

function seconds(stamp) {
  return stamp.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
}

function plain(text) {
  const bare = text.replace(/<[^>]*>/g, "").replace(/&\w+;/g, (entity) => ENTITIES[entity] ?? entity);
  return bare.replace(/\s+/g, " ").trim();
}

/** [{start, text}] of a WebVTT file, in its order. */
export function parseCues(vtt) {
  const found = vtt.replaceAll("\r\n", "\n").matchAll(BLOCK);
  return [...found].map(([, stamp, text]) => ({ start: seconds(stamp), text: plain(text) })).filter(({ text }) => text);
}

/** The place of the line that is heard at this time, or was last; -1 before the first. */
export function placeAt(cues, time) {
  let [low, high] = [0, cues.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cues[middle].start <= time + 0.05) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Lower case without accents. */
export function fold(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/** The places of the lines that hold what is looked for; `folded` are the lines, folded. */
export function findHits(folded, wanted) {
  const looked = fold(wanted.trim());
  if (!looked) return [];
  return folded.flatMap((text, place) => (text.includes(looked) ? [place] : []));
}

/** As text, with the time before each line or without. */
export function asText(cues, clock) {
  return cues.map(({ start, text }) => (clock ? `${clock(start)}  ${text}` : text)).join("\n");
}

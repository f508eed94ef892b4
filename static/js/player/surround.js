/**
 * Two groups of sound: stereo, and 5.1. The playlist lists each picture with both, and an automatic choice of quality
 * would take the one with more bits; so the pictures of one group alone are kept, stereo where nobody chose otherwise.
 */
import { recall } from "../basics/memory.js";

const SURROUND = "surround";
const CHANNELS = 6;

let isCapable = null;

/** Whether this machine has loudspeakers for it connected, as far as browsers tell. */
export function canPlaySurround() {
  if (isCapable !== null) return isCapable;
  try {
    const context = new window.AudioContext();
    isCapable = context.destination.maxChannelCount >= CHANNELS;
    context.close();
  } catch {
    isCapable = false;
  }
  return isCapable;
}

/** Is this track, as hls.js has it, of the group that is not stereo? */
export function isSurround(track) {
  return track.groupId === SURROUND;
}

/** Leaves hls.js the pictures of one group of sound. */
export function keepOneGroup(hls) {
  const isOfGroup = (level) => level.audioGroups?.includes(SURROUND) ?? false;
  if (!hls.levels.some(isOfGroup)) return;
  const wanted = recall("surround", false) && canPlaySurround();
  for (let index = hls.levels.length - 1; index >= 0; index -= 1) {
    if (isOfGroup(hls.levels[index]) !== wanted) hls.removeLevel(index);
  }
}

/** What the menu offers of all tracks of a playlist: each in stereo, and as 5.1 where it is and can be heard. */
export function offeredTracks(tracks) {
  return tracks.filter((track) => !isSurround(track) || (track.channels === String(CHANNELS) && canPlaySurround()));
}

/** "English", "English (5.1)". */
export function trackName(track, number) {
  const name = track.name || track.lang || `Track ${number}`;
  return isSurround(track) ? `${name} (5.1)` : name;
}

/** What becomes of a video after its last byte has arrived: asked of the site until it plays, or cannot. */
import { call } from "./api.js";

const EVERY_MS = 2000;
const CHANGING = new Set(["uploading", "queued", "processing"]);

/** Also while another file takes the place of the one that plays. */
export function isChanging({ status, replacement }) {
  return CHANGING.has(status) || CHANGING.has(replacement?.status);
}

/** Calls `onNews` with the video at every answer, and ends by itself. */
export async function followPreparation(videoId, onNews) {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    const video = document.hidden ? null : await call("GET", `/videos/${videoId}`).catch(endOrWait);
    if (video) onNews(video);
    if (video && !isChanging(video)) return;
  }
}

/** A video that is gone, or that one may not see any more, has no news; all other trouble passes. */
function endOrWait(error) {
  if (error.status === 404 || error.status === 410) return { status: "deleted" };
  return null;
}

/** One sentence about it. */
export function sentenceAbout(video) {
  const percent = `${Math.floor((video.progress ?? 0) * 100)} %`;
  if (video.status === "ready") return "Uploaded and ready to be watched.";
  if (video.status === "failed") return "Uploaded, but it cannot be shown.";
  if (video.status === "deleted") return "The video was deleted.";
  if (video.status === "blocked") return "Uploaded, but blocked.";
  if (video.is_playable) return `It can be watched; more qualities are being made (${percent}). You may close this page.`;
  if (video.status === "queued") return `Uploaded. ${placeOf(video.queue_position)} You may close this page.`;
  return `Uploaded. The video is being processed (${percent}); you may close this page.`;
}

/** The same about a file that takes the place of another one. */
export function sentenceAboutReplacement(video) {
  const { replacement } = video;
  if (!replacement) return video.status === "ready" ? "The new file is in use." : sentenceAbout(video);
  if (replacement.status === "failed") return "Uploaded, but it cannot be used; the file before plays on.";
  const percent = `${Math.floor(replacement.progress * 100)} %`;
  return `Uploaded, and being processed (${percent}); the file before plays until then. You may close this page.`;
}

function placeOf(position) {
  if (position > 2) return `${position - 1} others are processed first.`;
  return position === 2 ? "One other is processed first." : "It will be processed next.";
}

/** What is said of one upload: the page, the dock and the tests read the same words. */
import { sentenceAbout, sentenceAboutReplacement } from "./preparation.js";

const WORDS = {
  preparing: "Getting ready",
  sending: "",
  trouble: "No connection to the site. It goes on by itself.",
  paused: "Paused",
  "signed-out": "Waiting until you have signed in again",
  duplicate: "You have uploaded this file before",
  failed: "Not uploaded",
  finishing: "Finishing",
  cancelled: "Cancelled",
};

export function percentOf(share) {
  return `${Math.floor(share * 100)} %`;
}

/** Where an upload is, and after it the video: of a row, or of anything with its `transfer` and `news`. */
export function sentenceOf({ transfer, news }) {
  const { state, error, isWaiting, replaces } = transfer;
  if (state === "done" && news) return replaces ? sentenceAboutReplacement(news) : sentenceAbout(news);
  if (state === "done") return "Uploaded.";
  if (state === "duplicate" && replaces) return error.message;
  if (isWaiting) return "Waiting for the files above";
  if (state === "trouble" && error?.status) return `${error.message} It is tried again.`;
  return WORDS[state];
}

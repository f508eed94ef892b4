/** The watch page around the player: times in the description seek, long text folds, the place is remembered,
 * the view counted, and the video shared. */
import "./basics/shared.js";
import "./comments.js";
import { onEachPage } from "./basics/pages.js";
import { followCaptions } from "./watch/captions.js";
import { followChapters } from "./watch/chapters.js";
import { offerAutoplay } from "./watch/autoplay.js";
import { followList } from "./watch/list.js";
import { holdComments } from "./watch/first_picture.js";
import { foldLongTexts } from "./watch/folding.js";
import { rememberPosition } from "./watch/position.js";
import { followQualities } from "./watch/qualities.js";
import { offerResume } from "./watch/resume.js";
import { lookAgain } from "./watch/again.js";
import { setUpSharing } from "./watch/sharing.js";
import { reportPlaying } from "./watch/plays.js";
import { offerTranscript } from "./watch/transcript.js";

function seekOnTimes(event) {
  const link = event.target.closest("[data-seek]");
  const player = document.querySelector("[data-player]");
  if (!link || !player) return;
  event.preventDefault();
  player.dispatchEvent(new CustomEvent("vod:seek", { detail: { time: Number(link.dataset.seek), play: true } }));
  player.scrollIntoView({ block: "nearest" });
}

document.addEventListener("click", seekOnTimes);
const STARTERS = [
  holdComments, foldLongTexts, offerResume, rememberPosition, followQualities, followCaptions, followChapters, lookAgain, reportPlaying,
  setUpSharing, offerAutoplay, offerTranscript,
];
for (const start of STARTERS) onEachPage(start);
onEachPage(followList);

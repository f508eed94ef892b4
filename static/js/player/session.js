/** The system's own media controls: keyboards with media keys, lock screens, headphones. */

import { nextLink } from "./next.js";

/** Where it stands, so that lock screens draw a time bar that can be dragged. */
function tellPlace(session, { video, duration }) {
  if (!(duration > 0) || !session.setPositionState) return;
  session.setPositionState({ duration, playbackRate: video.playbackRate, position: Math.min(duration, video.currentTime) });
}

export function joinMediaSession(player) {
  const session = navigator.mediaSession;
  if (!session) return;
  player.signal.addEventListener("abort", () => (session.metadata = null));
  const { title, channel, poster } = player.root.dataset;
  const artwork = poster ? [{ src: new URL(poster, location.href).href }] : [];
  player.video.addEventListener("play", () => {
    session.metadata = new MediaMetadata({ title, artist: channel ?? "", artwork });
  });
  for (const name of ["play", "seeked", "ratechange", "durationchange"]) player.video.addEventListener(name, () => tellPlace(session, player));
  const actions = {
    play: () => player.play(),
    pause: () => player.pause(),
    seekbackward: () => player.seekBy(-10),
    seekforward: () => player.seekBy(10),
    seekto: ({ seekTime }) => player.seekTo(seekTime),
    nexttrack: nextLink() ? () => player.next.go() : null,
  };
  for (const [name, action] of Object.entries(actions)) {
    try {
      session.setActionHandler(name, action);
    } catch {
      // This browser does not know the action.
    }
  }
}

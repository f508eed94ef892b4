/** The system's own media controls: keyboards with media keys, lock screens, headphones. */

export function joinMediaSession(player) {
  const session = navigator.mediaSession;
  if (!session) return;
  player.signal.addEventListener("abort", () => (session.metadata = null));
  const { title, channel, poster } = player.root.dataset;
  const artwork = poster ? [{ src: new URL(poster, location.href).href }] : [];
  player.video.addEventListener("play", () => {
    session.metadata = new MediaMetadata({ title, artist: channel ?? "", artwork });
  });
  const actions = {
    play: () => player.play(),
    pause: () => player.pause(),
    seekbackward: () => player.seekBy(-10),
    seekforward: () => player.seekBy(10),
    seekto: ({ seekTime }) => player.seekTo(seekTime),
  };
  for (const [name, action] of Object.entries(actions)) {
    try {
      session.setActionHandler(name, action);
    } catch {
      // This browser does not know the action.
    }
  }
}

/**
 * Playing on another screen: AirPlay, or what the Remote Playback API finds (Chromecast). Those screens fetch the playlist
 * themselves, so the browser must play it by itself: the player changes to that while another screen is used.
 */
import { icon, make } from "../basics/dom.js";

export class Remote {
  #player;

  constructor(player) {
    this.#player = player;
    const label = "Play on another screen";
    this.button = make("button", { type: "button", class: "player-button", "aria-label": label, title: label, hidden: true }, icon("cast"));
    this.button.addEventListener("click", () => this.#choose());
    const { source, video } = player;
    if (!source.canPlayNatively) return;
    if (window.WebKitPlaybackTargetAvailabilityEvent) this.#watchAirPlay(video);
    else if (video.remote) this.#watchRemote();
  }

  #watchAirPlay(video) {
    video.addEventListener("webkitplaybacktargetavailabilitychanged", ({ availability }) => (this.button.hidden = availability !== "available"));
    video.addEventListener("webkitcurrentplaybacktargetiswirelesschanged", () => this.#show(video.webkitCurrentPlaybackTargetIsWireless));
  }

  /** Whether there is such a screen is asked for an element that has the playlist's address; ours has a stream of hls.js. */
  #watchRemote() {
    const { source, video, signal } = this.#player;
    const probe = make("video", { preload: "none", src: source.address });
    const notice = (isAvailable) => (this.button.hidden = !isAvailable);
    probe.remote?.watchAvailability(notice).then(
      (id) => signal.addEventListener("abort", () => probe.remote.cancelWatchAvailability(id).catch(() => {})),
      () => {}, // this browser does not look for screens
    );
    for (const name of ["connect", "disconnect"]) video.remote.addEventListener(name, () => this.#show(name === "connect"));
  }

  #choose() {
    const { video } = this.#player;
    this.#player.playNatively();
    if (video.webkitShowPlaybackTargetPicker) video.webkitShowPlaybackTargetPicker();
    else video.remote.prompt().catch(() => {}); // closed without choosing
  }

  #show(isOn) {
    this.button.setAttribute("aria-pressed", String(isOn));
    this.#player.overlay.show(isOn ? "Playing on another screen" : "Playing here", "cast");
  }
}

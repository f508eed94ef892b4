/** Captions, drawn by us so that they stand above the controls and are the same in every browser. */
import { make } from "../basics/dom.js";
import { recall, remember } from "../basics/memory.js";

export class Captions {
  #player;
  current = null;

  constructor(player) {
    this.#player = player;
    this.element = make("div", { class: "player-captions" });
    const list = player.video.textTracks;
    list.addEventListener("addtrack", () => this.#restore());
    list.addEventListener("removetrack", () => player.emit("captionschange"));
    // The phone's own full screen shows the video element alone: there the browser must draw.
    player.video.addEventListener("webkitbeginfullscreen", () => this.current && (this.current.mode = "showing"));
    player.video.addEventListener("webkitendfullscreen", () => this.current && (this.current.mode = "hidden"));
    this.#restore();
  }

  get tracks() {
    return [...this.#player.video.textTracks].filter((track) => ["captions", "subtitles"].includes(track.kind));
  }

  /** Shows this track, or none. */
  choose(track, { sticky = true } = {}) {
    if (this.current) {
      this.current.oncuechange = null;
      this.current.mode = "disabled";
    }
    this.current = track;
    if (track) {
      track.mode = "hidden"; // loaded and timed, but not drawn by the browser
      track.oncuechange = () => this.#draw();
    }
    if (sticky) remember("captions", track ? track.language : null);
    this.#draw();
    this.#player.emit("captionschange");
  }

  toggle() {
    const language = recall("captionsLast", null);
    if (this.current) {
      remember("captionsLast", this.current.language);
      this.choose(null);
    } else {
      this.choose(this.tracks.find((track) => track.language === language) ?? this.tracks[0] ?? null);
    }
  }

  /** The language of last time, as soon as this video has it. */
  #restore() {
    const language = recall("captions", null);
    const track = language !== null && !this.current && this.tracks.find((candidate) => candidate.language === language);
    if (track) this.choose(track, { sticky: false });
    else this.#player.emit("captionschange");
  }

  #draw() {
    const cues = [...(this.current?.activeCues ?? [])];
    this.element.replaceChildren(...cues.map((cue) => make("p", {}, cue.getCueAsHTML?.() ?? cue.text)));
  }
}

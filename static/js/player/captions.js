/**
 * Captions, drawn by us so that they stand above the controls and are the same in every browser.
 *
 * The page names the tracks (data-captions, and "vod:captions" when more arrive); the playlist names them as well, for
 * browsers that play HLS by themselves. Where such a browser brings its own tracks, the page's are not used.
 */
import { make } from "../basics/dom.js";
import { recall, remember } from "../basics/memory.js";

const KINDS = ["captions", "subtitles"];

const primary = (language) => (language ?? "").toLowerCase().split("-")[0];

/** The track that somebody means who chose {language, kind} before: of the same kind, else of the same language. */
export function findWanted(tracks, wanted) {
  if (!wanted) return null;
  const { language, kind } = typeof wanted === "string" ? { language: wanted } : wanted;
  const candidates = tracks.filter((track) => !track.isForced && primary(track.language) === primary(language));
  const same = (track) => track.language === language && track.kind === kind;
  return candidates.find(same) ?? candidates.find((track) => track.kind === kind) ?? candidates[0] ?? null;
}

/** The first to show when somebody turns captions on: as last time, in their language, as the file says, or any. */
export function findFirst(tracks, last, languages) {
  const own = languages.map((language) => findWanted(tracks, language)).find(Boolean);
  return findWanted(tracks, last) ?? own ?? tracks.find((track) => track.isDefault && !track.isForced) ?? tracks[0] ?? null;
}

/** Signs and foreign speech are shown to everybody who hears that language and reads no other captions. */
export function findForced(tracks, heard) {
  const isMeant = (track) => track.isForced && (!heard || track.language === "und" || primary(track.language) === primary(heard));
  return tracks.find(isMeant) ?? null;
}

export class Captions {
  #player;
  #known = new Map();
  current = null;
  isAutomatic = false;

  constructor(player) {
    this.#player = player;
    this.element = make("div", { class: "player-captions" });
    this.topElement = make("div", { class: "player-captions player-captions-top" });
    const { root, source, video } = player;
    this.#bring(JSON.parse(root.dataset.captions || "[]"));
    root.addEventListener("vod:captions", ({ detail }) => this.#bring(detail.captions));
    video.textTracks.addEventListener("addtrack", ({ track }) => this.#onTrack(track));
    source.addEventListener("audio", () => this.#chooseByItself());
    // The phone's own full screen shows the video element alone: there the browser must draw.
    video.addEventListener("webkitbeginfullscreen", () => this.current && (this.current.text.mode = "showing"));
    video.addEventListener("webkitendfullscreen", () => this.current && (this.current.text.mode = "hidden"));
  }

  get tracks() {
    return [...this.#known.values()];
  }

  /** Shows this track, or none. */
  choose(track, { sticky = true } = {}) {
    if (this.current) {
      this.current.text.oncuechange = null;
      this.current.text.mode = "disabled";
    }
    this.current = track;
    this.isAutomatic = !sticky && Boolean(track?.isForced);
    if (track) {
      track.text.mode = "hidden"; // loaded and timed, but not drawn by the browser
      track.text.oncuechange = () => this.#draw();
    }
    if (sticky) remember("captions", track ? { language: track.language, kind: track.kind } : null);
    if (sticky && !track) this.#chooseByItself();
    this.#draw();
    this.#player.emit("captionschange");
  }

  toggle() {
    if (this.current && !this.isAutomatic) {
      remember("captionsLast", { language: this.current.language, kind: this.current.kind });
      this.choose(null);
    } else {
      this.choose(findFirst(this.tracks, recall("captionsLast", null), navigator.languages ?? []));
    }
  }

  /** Adds the tracks that the page names and that are not here yet, and drops those it names no more; the picture goes on. */
  #bring(list) {
    if (this.tracks.some((track) => track.isNative)) return;
    this.#drop(new Set(list.map(({ id }) => id)));
    for (const { id, language, label, kind, url, is_default: isDefault, is_forced: isForced } of list) {
      if (this.#known.has(id)) continue;
      const element = make("track", { kind, srclang: language, label, src: url });
      this.#player.video.append(element);
      this.#known.set(id, { text: element.track, element, language, label, kind, isDefault, isForced, isNative: false });
    }
    if (list.length) this.#restore();
    else this.#player.emit("captionschange");
  }

  #drop(named) {
    for (const [id, track] of this.#known) {
      if (named.has(id)) continue;
      if (this.current === track) this.choose(null, { sticky: false });
      track.element.remove();
      this.#known.delete(id);
    }
  }

  /** A track of the browser's own: from now on, those alone. */
  #onTrack(text) {
    if (!KINDS.includes(text.kind) || this.tracks.some((track) => track.text === text)) return;
    if ([...this.#player.video.querySelectorAll("track")].some((element) => element.track === text)) return;
    for (const [id, track] of this.#known) {
      if (track.isNative) continue;
      if (this.current === track) this.choose(null, { sticky: false });
      track.element.remove();
      this.#known.delete(id);
    }
    text.mode = "disabled";
    const { language, label, kind } = text;
    this.#known.set(text, { text, language, label, kind, isDefault: false, isForced: false, isNative: true });
    this.#restore();
  }

  /** The language of last time, as soon as this video has it. */
  #restore() {
    const track = findWanted(this.tracks, recall("captions", null));
    if (track && (!this.current || this.isAutomatic)) this.choose(track, { sticky: false });
    else this.#chooseByItself();
    this.#player.emit("captionschange");
  }

  #chooseByItself() {
    if (this.current && !this.isAutomatic) return;
    const heard = this.#player.source.audioTracks.find((track) => track.isCurrent)?.language;
    const track = findForced(this.tracks, heard);
    if (track !== this.current) this.choose(track, { sticky: false });
  }

  #draw() {
    const cues = [...(this.current?.text.activeCues ?? [])];
    const lines = (isTop) =>
      cues.filter((cue) => (cue.line === 0) === isTop).map((cue) => make("p", { dir: "auto", lang: this.current.language }, cue.getCueAsHTML?.() ?? cue.text));
    this.element.replaceChildren(...lines(false));
    this.topElement.replaceChildren(...lines(true));
  }
}

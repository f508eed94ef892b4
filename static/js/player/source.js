/** Where the pictures come from: an HLS address played by hls.js, or by the browser itself where that cannot be. */
import { recall, remember } from "../basics/memory.js";
import { takeEngine } from "./engine.js";
import { explain } from "./failures.js";
import { patientLoader } from "./loader.js";
import { isSurround, keepOneGroup, offeredTracks, trackName } from "./surround.js";

const HLS_TYPE = "application/vnd.apple.mpegurl";
/** How much is loaded ahead, in seconds: [at least, at most]. What many bytes make is nearer to the first. */
const BEFORE_PLAY = [12, 12];
const WHILE_PLAYING = [40, 60];
const SPARING_BEFORE_PLAY = [4, 4];
const SPARING_WHILE_PLAYING = [20, 20];
const RECOVERIES = 2;

/** hls.js's first figure is no limit: it loads on until the bytes are many, or the second is reached. */
function ahead([atLeast, atMost]) {
  return { maxBufferLength: atLeast, maxMaxBufferLength: atMost };
}

/** Whether the viewer asks all sites to send little. */
function isSparing() {
  return Boolean(navigator.connection?.saveData);
}

function settings(Hls, startAt, onBusy) {
  return {
    startPosition: startAt,
    startFragPrefetch: true, // the first segment is asked for before the video element is ready for it
    enableWorker: false, // our segments are fragmented MP4 already: nothing to repackage, and no second download
    abrEwmaDefaultEstimate: recall("bandwidth", undefined), // what the last video measured: no cautious beginning
    ...ahead(isSparing() ? SPARING_BEFORE_PLAY : BEFORE_PLAY),
    backBufferLength: 60,
    loader: patientLoader(Hls.DefaultConfig.loader, onBusy),
    fragLoadPolicy: {
      default: {
        maxTimeToFirstByteMs: 20000, // a segment that is being made may keep the request waiting for some seconds
        maxLoadTimeMs: 90000,
        timeoutRetry: { maxNumRetry: 3, retryDelayMs: 0, maxRetryDelayMs: 0 },
        errorRetry: {
          maxNumRetry: 5,
          retryDelayMs: 700,
          maxRetryDelayMs: 5000,
          // status 0: no answer, as while the site restarts
          shouldRetry: (policy, count, _isTimeout, response, retry) =>
            retry || (response?.code === 0 && count < policy.maxNumRetry),
        },
      },
    },
  };
}

/** Events: levels, level (the one now playing changed), audio, regroup (the sound that was chosen needs everything
 * loaded anew), busy, failed (detail: {title, text, detail}). */
export class Source extends EventTarget {
  #hls = null;
  #Hls = null;
  #recoveries = 0;
  #segment = null;
  #asked;
  #startAt = 0;
  /** Set to leave hls.js aside. */
  playsNatively = false;
  /** What "failed" told, for those who begin to listen later. */
  failure = null;

  /** `level` is the name of the rendition whose first files have been asked for, if any have; see ../ahead.js. */
  constructor(video, address, level) {
    super();
    this.video = video;
    this.address = address;
    this.#asked = level;
  }

  /** Starts loading; play() may be called when the promise is fulfilled. */
  async attach(startAt) {
    this.failure = null;
    this.#startAt = startAt;
    // Until the first picture is there the element stands at this time, not at 0: the clock, and who reloads again, ask it.
    if (this.video.readyState === this.video.HAVE_NOTHING) this.video.currentTime = startAt;
    if (this.playsNatively) return this.#attachNative();
    if (!("MediaSource" in window) && !("ManagedMediaSource" in window)) return this.#attachNative();
    this.#Hls = await takeEngine();
    // Not what it decodes: to ask that keeps everything waiting while a browser begins, and a list of qualities tells as well.
    if (!this.#Hls.isMSESupported()) return this.#attachNative();
    this.#attachHls();
  }

  /** Plays on from this time. What has loaded nothing yet begins there: else it would go to where it was to begin. */
  seek(time) {
    this.#startAt = time;
    this.video.currentTime = time;
    if (!this.#hls || this.video.readyState > this.video.HAVE_NOTHING) return;
    this.#hls.config.startPosition = time;
    if (this.#hls.levels.length) this.#hls.startLoad(time);
  }

  get canPlayNatively() {
    return Boolean(this.video.canPlayType(HLS_TYPE));
  }

  detach() {
    if (this.#hls) remember("bandwidth", Math.round(this.#hls.bandwidthEstimate) || undefined);
    this.#hls?.destroy();
    this.#hls = null;
  }

  /** From now on a longer part is loaded ahead: somebody really watches. */
  loadAhead() {
    if (this.#hls) Object.assign(this.#hls.config, ahead(isSparing() ? SPARING_WHILE_PLAYING : WHILE_PLAYING));
  }

  /** [{index, height, name}], best first, one for each height. */
  get levels() {
    const best = new Map();
    for (const [index, level] of (this.#hls?.levels ?? []).entries()) {
      const height = Math.min(level.width, level.height) || level.height;
      const known = best.get(height);
      if (!known || level.bitrate > known.bitrate) best.set(height, { index, height, bitrate: level.bitrate, name: levelName(level, height) });
    }
    return [...best.values()].sort((a, b) => b.height - a.height);
  }

  /** The level whose pictures are shown now, or null. */
  get level() {
    const level = this.#hls?.levels?.[this.#hls.currentLevel];
    if (!level) return null;
    const height = Math.min(level.width, level.height) || level.height;
    return { height, name: levelName(level, height) };
  }

  /** Plays this height, or the nearest one below it; 0 lets the connection decide. */
  chooseHeight(height) {
    const { levels } = this;
    if (!this.#hls || !levels.length) return;
    const level = height ? (levels.find((candidate) => candidate.height <= height) ?? levels.at(-1)).index : -1;
    if (this.video.paused && this.video.readyState >= 2) this.#hls.currentLevel = level;
    else this.#hls.nextLevel = level;
  }

  /** [{address, name, language, isCurrent}]; an address names a track for `chooseAudio`. */
  get audioTracks() {
    const current = this.#audioTrack;
    return offeredTracks(this.#hls?.allAudioTracks ?? []).map((track, index) => ({
      address: track.url,
      name: trackName(track, index + 1),
      language: track.lang ?? "",
      isCurrent: track === current,
    }));
  }

  /** The name of the rendition that is heard, in stereo: "audio-0"; null where nobody knows. */
  get audioName() {
    const folder = /([^/]+)\/[^/]*$/.exec(this.#audioTrack?.url ?? "")?.[1];
    return folder?.replace("surround", "audio") ?? null;
  }

  get #audioTrack() {
    return this.#hls?.audioTracks[this.#hls.audioTrack] ?? null;
  }

  chooseAudio(address) {
    const track = this.#hls?.allAudioTracks.find((candidate) => candidate.url === address);
    if (!track) return;
    remember("audio", { language: track.lang ?? "", name: track.name });
    const index = this.#hls.audioTracks.indexOf(track);
    if (index >= 0) this.#hls.audioTrack = index;
    if (isSurround(track) || index < 0) remember("surround", isSurround(track));
    if (index < 0) this.#tell("regroup");
  }

  /** The language of last time, before the first segment of another is asked for. */
  #restoreAudio(tracks) {
    const wanted = recall("audio", null);
    if (!wanted) return;
    const { language, name } = typeof wanted === "string" ? { language: wanted } : wanted;
    const same = tracks.findIndex((track) => track.lang === language && track.name === name);
    const index = same >= 0 ? same : tracks.findIndex((track) => track.lang === language && language);
    if (index >= 0) this.#hls.audioTrack = index;
  }

  #fail(failure) {
    this.failure = explain(failure);
    this.#tell("failed", this.failure);
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #attachNative() {
    if (!this.canPlayNatively) {
      this.#fail({ kind: "browser" });
      return;
    }
    this.video.addEventListener("loadedmetadata", () => this.#startAt && (this.video.currentTime = this.#startAt), { once: true });
    this.video.onerror = () => this.#fail({ kind: "media", detail: this.video.error?.message });
    this.video.src = this.address;
  }

  #attachHls() {
    const { Events } = this.#Hls;
    const hls = (this.#hls = new this.#Hls(settings(this.#Hls, this.#startAt, () => this.#tell("busy"))));
    hls.on(Events.MANIFEST_PARSED, () => this.#begin());
    hls.once(Events.AUDIO_TRACKS_UPDATED, (_event, { audioTracks }) => this.#restoreAudio(audioTracks));
    hls.on(Events.LEVELS_UPDATED, () => this.#tell("levels"));
    hls.on(Events.LEVEL_SWITCHED, () => this.#tell("level"));
    hls.on(Events.AUDIO_TRACKS_UPDATED, () => this.#tell("audio"));
    hls.on(Events.AUDIO_TRACK_SWITCHED, () => this.#tell("audio"));
    hls.on(Events.FRAG_BUFFERED, (_event, data) => {
      this.#recoveries = 0;
      this.#noteSegment(data);
    });
    hls.on(Events.ERROR, (_event, data) => data.fatal && this.#onFatal(data));
    hls.loadSource(this.address);
    hls.attachMedia(this.video);
    // Only now: so it measures the player when the list is there. Else it waits to be told of a size, and begins without.
    hls.config.capLevelToPlayerSize = true;
  }

  /** The sticky quality is set before the first segment is asked for, or that in which it is on its way. */
  #begin() {
    keepOneGroup(this.#hls);
    const asked = this.#hls.levels.findIndex(({ url }) => url[0].endsWith(`/${this.#asked}/media.m3u8`));
    if (asked >= 0) this.#hls.startLevel = asked;
    const height = recall("quality", 0);
    const wanted = height && (this.levels.find((level) => level.height <= height) ?? this.levels.at(-1));
    if (wanted) this.#hls.loadLevel = wanted.index;
    this.#tell("levels");
  }

  /** How long the last segment of the picture took. */
  #noteSegment({ frag, stats }) {
    if (frag.type !== "main" || !stats.loading.end) return;
    const { start, first, end } = stats.loading;
    this.#segment = { bytes: stats.total || stats.loaded, tookMs: Math.round(end - start), firstMs: Math.round(first - start) };
  }

  /** What the stats tell of it. */
  get facts() {
    const hls = this.#hls;
    if (!hls) return { engine: "the browser's own" };
    const level = hls.levels?.[hls.currentLevel];
    const codecs = level?.attrs?.CODECS ?? [level?.videoCodec, level?.audioCodec].filter(Boolean).join(", ");
    return {
      engine: `hls.js ${this.#Hls.version}`,
      bestHeight: this.levels[0]?.name,
      codecs,
      bitrate: level?.bitrate,
      bandwidth: Number.isFinite(hls.bandwidthEstimate) ? hls.bandwidthEstimate : 0,
      segment: this.#segment,
    };
  }

  #onFatal(data) {
    if (data.type === this.#Hls.ErrorTypes.MEDIA_ERROR && this.#recoveries < RECOVERIES) {
      this.#recoveries += 1;
      this.#hls.recoverMediaError();
      return;
    }
    const kind = data.type === this.#Hls.ErrorTypes.NETWORK_ERROR ? "network" : "media";
    this.#fail({ kind, status: data.response?.code, detail: data.details });
    this.#hls.stopLoad();
  }
}

function levelName(level, height) {
  const rate = level.frameRate > 32 ? Math.round(level.frameRate) : "";
  return `${height}p${rate}`;
}

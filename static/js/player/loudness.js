/**
 * Even loudness: what is louder than others is turned down, so that nobody reaches for the volume between two videos.
 * Nothing is turned up: that would clip. Phones whose volume scripts cannot set play as they are.
 */
import { recall, remember } from "../basics/memory.js";

const TARGET_LUFS = -14;

/** What the volume is multiplied with, for a loudness in LUFS; 1 where it is not known. */
export function gainFor(loudness) {
  return Number.isFinite(loudness) ? Math.min(1, 10 ** ((TARGET_LUFS - loudness) / 20)) : 1;
}

/** "audio-0:-13.3 audio-1:-20" -> Map of names to LUFS. */
export function parseLoudness(text) {
  return new Map((text ?? "").split(" ").filter(Boolean).map((pair) => [pair.split(":")[0], Number(pair.split(":")[1])]));
}

/** 0.5 -> "−6 dB". */
export function decibels(gain) {
  const rounded = Math.round(20 * Math.log10(gain));
  return rounded ? `${rounded} dB`.replace("-", "−") : "0 dB";
}

export class Loudness {
  #player;
  #known;
  isOn = recall("evenLoudness", true);

  constructor(player) {
    this.#player = player;
    this.#known = parseLoudness(player.root.dataset.loudness);
    player.source.addEventListener("audio", () => this.apply());
  }

  /** Whether there is anything to turn down, so that the setting means something. */
  get isKnown() {
    return this.#known.size > 0;
  }

  /** Of the sound that plays now. */
  get gain() {
    const name = this.#player.source.audioName ?? this.#known.keys().next().value;
    return this.isOn ? gainFor(this.#known.get(name)) : 1;
  }

  switch(on) {
    this.isOn = on;
    remember("evenLoudness", on);
    this.apply();
  }

  /** Sets the element's volume to what the viewer chose, less what is too loud. */
  apply() {
    this.#player.video.volume = this.#player.volume * this.gain;
  }
}

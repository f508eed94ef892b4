/** What the settings menu offers: quality, speed, captions, audio track, loudness; each is remembered. */
import { recall, remember } from "../basics/memory.js";
import { decibels } from "./loudness.js";
import { isAutoplayOn, nextLink, switchAutoplay } from "./next.js";

export const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];

function speedName(speed) {
  return speed === 1 ? "Normal" : `${speed}×`;
}

function addQuality(menu, player) {
  const { source } = player;
  const autoName = () => (source.level ? `Auto (${source.level.name})` : "Auto");
  const chosen = () => {
    const height = recall("quality", 0);
    return height && (source.levels.find((level) => level.height <= height) ?? source.levels.at(-1));
  };
  menu.add("Quality", {
    iconName: "sliders-horizontal",
    summary: () => (chosen() ? chosen().name : autoName()),
    choices: () => [
      { value: 0, name: autoName(), isCurrent: !chosen() },
      ...source.levels.map((level) => ({ value: level.height, name: level.name, isCurrent: chosen()?.height === level.height })),
    ],
    choose: (height) => {
      remember("quality", height);
      source.chooseHeight(height);
      player.emit("qualitychange", { height });
    },
  });
}

function addSpeed(menu, player) {
  menu.add("Speed", {
    iconName: "gauge",
    summary: () => speedName(player.video.playbackRate),
    choices: () => SPEEDS.map((speed) => ({ value: speed, name: speedName(speed), isCurrent: speed === player.video.playbackRate })),
    choose: (speed) => player.setSpeed(speed),
  });
}

function addCaptions(menu, player) {
  const { captions } = player;
  menu.add("Captions", {
    iconName: "captions",
    summary: () => (captions.isAutomatic ? "Off" : (captions.current?.label ?? "Off")),
    choices: () => [
      { value: null, name: "Off", isCurrent: !captions.current || captions.isAutomatic },
      ...captions.tracks.map((track) => ({ value: track, name: track.label || track.language, isCurrent: track === captions.current && !captions.isAutomatic })),
    ],
    choose: (track) => captions.choose(track),
    after: { name: "How captions look", iconName: "palette", run: () => player.looks.open() },
  });
}

function addChapters(menu, player) {
  const { chapters } = player;
  menu.add("Chapters", {
    iconName: "list-video",
    summary: () => chapters.currentTitle,
    choices: () => chapters.choices,
    choose: (start) => {
      player.seekTo(start);
      if (player.video.paused && "started" in player.root.dataset) player.play();
    },
  });
}

function addAudio(menu, player) {
  const { source } = player;
  menu.add("Audio", {
    iconName: "audio-lines",
    summary: () => source.audioTracks.find((track) => track.isCurrent)?.name ?? "",
    choices: () => source.audioTracks.map((track) => ({ value: track.address, ...track })),
    choose: (address) => source.chooseAudio(address),
  });
}

function addLoudness(menu, player) {
  const { loudness } = player;
  const offered = [true, false].map((value) => ({ value, name: value ? "On: turn down what is too loud" : "Off" }));
  menu.add("Even loudness", {
    iconName: "volume-1",
    summary: () => (loudness.isOn ? decibels(loudness.gain) : "Off"),
    choices: () => (loudness.isKnown ? offered.map((choice) => ({ ...choice, isCurrent: choice.value === loudness.isOn })) : []),
    choose: (on) => loudness.switch(on),
  });
}

function addActions(menu, player) {
  const { video } = player;
  menu.addAction("Autoplay", { iconName: "skip-forward", isShown: () => nextLink()?.dataset.nextVideo === "related", isOn: isAutoplayOn, run: () => switchAutoplay(!isAutoplayOn()) });
  menu.addAction("Loop", { iconName: "repeat", isOn: () => video.loop, run: () => player.switchLoop() });
  menu.addAction("Stats for nerds", { iconName: "info", isOn: () => player.stats.isOn, run: () => player.stats.toggle() });
  menu.addAction("Keys", { iconName: "keyboard", isShown: () => matchMedia("(hover: hover)").matches, run: () => player.help.toggle() });
}

export function addChoices(menu, player) {
  addQuality(menu, player);
  addSpeed(menu, player);
  addCaptions(menu, player);
  addChapters(menu, player);
  addAudio(menu, player);
  addLoudness(menu, player);
  addActions(menu, player);
}

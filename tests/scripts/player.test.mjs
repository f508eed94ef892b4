/** The parts of the player that need no browser. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseFrames, fit } from "../../static/js/behaviours/previews.js";
import { findFirst, findForced, findWanted } from "../../static/js/player/captions.js";
import { chapterAt, readChapters, stepFrom } from "../../static/js/player/chapters.js";
import { clock, lengthClock, parseTime, spoken } from "../../static/js/player/format.js";
import { patientLoader } from "../../static/js/player/loader.js";
import { styleOf, tidyLooks, USUAL } from "../../static/js/player/looks.js";
import { decibels, gainFor, parseLoudness } from "../../static/js/player/loudness.js";
import { chooseStart, readLevels } from "../../static/js/player/start_level.js";
import { bufferedAhead } from "../../static/js/player/stats.js";
import { parseStoryboard } from "../../static/js/player/storyboard.js";
import { insertLine } from "../../static/js/studio/chapter_lines.js";
import { keepOneGroup, offeredTracks, trackName } from "../../static/js/player/surround.js";

test("a clock shows hours only where there are some", () => {
  assert.deepEqual([0, 7.9, 67, 599, 3600, 3847, NaN].map(clock), ["0:00", "0:07", "1:07", "9:59", "1:00:00", "1:04:07", "0:00"]);
});

test("no video is shown to have no length", () => {
  assert.deepEqual([0, 0.4, 1.9, 67.5, NaN].map(lengthClock), ["0:00", "0:01", "0:01", "1:07", "0:00"]);
});

test("times are spoken in words", () => {
  assert.deepEqual([0, 1, 61, 3602].map(spoken), ["0 seconds", "1 second", "1 minute 1 second", "1 hour 2 seconds"]);
});

test("a start time is read in all the ways people write it", () => {
  const given = ["83", "83.5", "83s", "1m23s", "1h2m3s", "1:23", "1:02:03", "2h", "", null, "soon", "-5", "h"];
  const expected = [83, 83.5, 83, 83, 3723, 83, 3723, 7200, null, null, null, null, null];
  assert.deepEqual(given.map(parseTime), expected);
});

test("storyboard tiles name absolute sheets, times and places", () => {
  const text = "WEBVTT\r\n\r\n00:00:00.000 --> 00:00:02.000\r\nstoryboard-0.jpg#xywh=0,0,160,90\r\n\r\n01:00:02.500 --> 01:00:04.000\nstoryboard-1.jpg#xywh=160,90,160,90\n";
  const tiles = parseStoryboard(text, "http://site/media/public/v/e/storyboard.vtt");
  assert.deepEqual(tiles, [
    { start: 0, end: 2, url: "http://site/media/public/v/e/storyboard-0.jpg", x: 0, y: 0, width: 160, height: 90 },
    { start: 3602.5, end: 3604, url: "http://site/media/public/v/e/storyboard-1.jpg", x: 160, y: 90, width: 160, height: 90 },
  ]);
});

/** A loader that has its answer at once. */
class Answering {
  load(stats, _config, { onSuccess }) {
    onSuccess({ url: "/segment" }, stats, null, null);
  }
}

/** What hls.js's loader does between two tries, as far as ours relies on it. */
class Recorder {
  constructor(status, retryAfter) {
    this.loader = { status };
    this.getResponseHeader = () => retryAfter;
  }

  load(_context, config) {
    this.policy = config.loadPolicy.errorRetry;
  }

  retry(policy) {
    this.waits = policy.retryDelayMs;
  }
}

function loaded(errorRetry, { status = 503, retryAfter = "3" } = {}) {
  let busy = 0;
  const loader = new (patientLoader(Recorder, () => (busy += 1)))(status, retryAfter);
  loader.load({}, { loadPolicy: { errorRetry } }, {});
  loader.retry(loader.policy);
  const repeats = (code, count, passing) => loader.policy.shouldRetry(loader.policy, count, false, { code }, passing);
  return { repeats, waits: loader.waits, busy: () => busy };
}

test("a segment that is not made yet is asked for again after the time the site says", () => {
  const segment = loaded(null);
  assert.equal(segment.waits, 3000);
  assert.equal(segment.busy(), 1);
  assert.ok(segment.repeats(503, 100, true));
  assert.ok(!segment.repeats(503, 1000, true));
});

test("hls.js keeps its own policy for other failures", () => {
  const segment = loaded(null, { status: 500 });
  assert.ok(!segment.repeats(500, 0, true));
  assert.equal(segment.busy(), 0);
  const playlist = loaded({ maxNumRetry: 2, retryDelayMs: 500, maxRetryDelayMs: 8000 }, { status: 500, retryAfter: null });
  assert.equal(playlist.waits, 500);
  assert.deepEqual([0, 1, 2].map((count) => playlist.repeats(500, count, true)), [true, true, false]);
  assert.ok(!playlist.repeats(404, 0, false));
});

const LADDER = readLevels("1080p:1920x1080:6000000 480p:854x480:1400000 720p:1280x720:2900000 240p:426x240:400000 ");
const begun = (wishes) => chooseStart(LADDER, { height: 0, bandwidth: 0, side: 10000, ...wishes })?.name;

test("a video begins in what the line carries and the player shows", () => {
  assert.equal(begun({}), "720p");
  assert.equal(begun({ bandwidth: 50e6 }), "1080p");
  assert.equal(begun({ bandwidth: 50e6, side: 845 }), "480p");
  assert.equal(begun({ bandwidth: 50e6, side: 860 }), "720p");
  assert.equal(begun({ bandwidth: 500e3, side: 860 }), "240p");
  assert.equal(begun({ bandwidth: 1000 }), "240p");
});

test("a video begins in the quality that was chosen, or the nearest below", () => {
  assert.equal(begun({ height: 720, side: 100 }), "720p");
  assert.equal(begun({ height: 1000, bandwidth: 1 }), "720p");
  assert.equal(begun({ height: 144 }), "240p");
  assert.equal(chooseStart(readLevels("up:480x854:1400000"), { height: 480 }).name, "up");
  assert.equal(chooseStart(readLevels(undefined), { height: 0, side: 1 }), undefined);
});

test("what was on its way before it was asked for is measured by how long it was on its way", () => {
  const times = [];
  const loader = new (patientLoader(Answering, () => {}))();
  performance.getEntriesByName = () => [{ initiatorType: "link", startTime: 100, responseStart: 250, responseEnd: 600 }];
  const told = { loading: { start: 590, first: 595, end: 600 } };
  loader.load(told, { loadPolicy: {} }, { onSuccess: (_response, { loading }) => times.push(loading) });
  assert.deepEqual(times, [{ start: 100, first: 250, end: 600 }]);
  performance.getEntriesByName = () => [{ initiatorType: "xmlhttprequest", startTime: 590, responseStart: 595, responseEnd: 600 }];
  const usual = { loading: { start: 590, first: 595, end: 600 } };
  loader.load(usual, { loadPolicy: {} }, { onSuccess: (_response, { loading }) => times.push(loading) });
  assert.deepEqual(times[1], { start: 590, first: 595, end: 600 });
});

test("what is louder than others is turned down, and nothing is turned up", () => {
  assert.deepEqual([-14, -20, -30, undefined, NaN].map(gainFor), [1, 1, 1, 1, 1]);
  assert.ok(Math.abs(gainFor(-8) - 0.501) < 0.001);
  assert.deepEqual([gainFor(-8), gainFor(-9.9), 1].map(decibels), ["−6 dB", "−4 dB", "0 dB"]);
});

test("the loudness of each track is read", () => {
  assert.deepEqual([...parseLoudness("audio-0:-13.3 audio-1:-20 ")], [["audio-0", -13.3], ["audio-1", -20]]);
  assert.equal(parseLoudness(undefined).size, 0);
});

const track = (language, kind, more = {}) => ({ language, kind, ...more });
const english = track("en", "subtitles");
const sounds = track("en", "captions");
const british = track("en-GB", "subtitles");
const signs = track("en", "subtitles", { isForced: true });
const norwegian = track("no", "subtitles", { isDefault: true });

test("captions are those of last time, of the same kind if there are some", () => {
  const tracks = [signs, british, english, sounds, norwegian];
  assert.equal(findWanted(tracks, { language: "en", kind: "captions" }), sounds);
  assert.equal(findWanted(tracks, { language: "en", kind: "subtitles" }), english);
  assert.equal(findWanted([signs, british], { language: "en", kind: "captions" }), british);
  assert.equal(findWanted(tracks, "no"), norwegian); // as it was remembered before
  assert.equal(findWanted(tracks, { language: "de", kind: "subtitles" }), null);
  assert.equal(findWanted(tracks, null), null);
});

test("the first captions are in a language of the viewer, or what the file says", () => {
  assert.equal(findFirst([signs, norwegian, english], null, ["de-DE", "en-US"]), english);
  assert.equal(findFirst([english, norwegian], null, ["de"]), norwegian);
  assert.equal(findFirst([english, norwegian], { language: "en" }, ["no"]), english);
  assert.equal(findFirst([signs], null, []), signs);
  assert.equal(findFirst([], null, ["en"]), null);
});

test("signs are shown to those who hear that language", () => {
  assert.equal(findForced([english, signs], "en-US"), signs);
  assert.equal(findForced([english, signs], "no"), null);
  assert.equal(findForced([english, signs], ""), signs); // nobody knows what is heard
  assert.equal(findForced([english], "en"), null);
});

test("a preview has its frames from all over the video, and fills the card", () => {
  const tiles = Array.from({ length: 100 }, (_, place) => place);
  assert.deepEqual(chooseFrames(tiles, 4), [12, 37, 62, 87]);
  assert.deepEqual(chooseFrames([0, 1], 4), [0, 1]);
  assert.deepEqual(fit({ width: 160, height: 90 }, { width: 320, height: 200 }, false), { scale: 200 / 90, left: (320 - (160 * 200) / 90) / 2, top: 0 });
  assert.deepEqual(fit({ width: 90, height: 160 }, { width: 320, height: 160 }, true), { scale: 1, left: 115, top: 0 });
});

test("of two groups of sound, hls.js is left the pictures in stereo", () => {
  const level = (height, group) => ({ height, audioGroups: group && [group] });
  const hls = { levels: [level(360, "audio"), level(360, "surround"), level(720, "audio"), level(720, "surround")] };
  hls.removeLevel = (index) => hls.levels.splice(index, 1);
  keepOneGroup(hls);
  assert.deepEqual(hls.levels, [level(360, "audio"), level(720, "audio")]);
  keepOneGroup(hls);
  assert.equal(hls.levels.length, 2);
});

test("5.1 is named so, and offered only where it can be heard", () => {
  const stereo = { name: "English", lang: "en", groupId: "audio", channels: "2" };
  const film = { ...stereo, groupId: "surround", channels: "6" };
  assert.deepEqual([stereo, film, { groupId: "audio" }].map((one) => trackName(one, 3)), ["English", "English (5.1)", "Track 3"]);
  assert.deepEqual(offeredTracks([stereo, film]), [stereo]); // there are no loudspeakers here at all
});

const three = readChapters([{ start_s: 0, title: "a" }, { start_s: 10, title: "b" }, { start_s: 20.5, title: "c" }], 30);

test("a chapter ends where the next one begins, the last one with the video", () => {
  assert.deepEqual(three.map(({ start, end }) => [start, end]), [[0, 10], [10, 20.5], [20.5, 30]]);
  assert.deepEqual(readChapters([{ start_s: 0, title: "a" }, { start_s: 40, title: "beyond" }], 30).length, 1);
  assert.equal(readChapters([{ start_s: 0, title: "a" }], 0)[0].end, Infinity);
});

test("each place belongs to a chapter", () => {
  assert.deepEqual([0, 9.99, 10, 29].map((time) => chapterAt(three, time).title), ["a", "a", "b", "c"]);
  assert.equal(chapterAt([], 5), null);
});

test("a step back goes to the beginning of a chapter, and soon after that to the one before", () => {
  assert.deepEqual([15, 11, 1].map((time) => stepFrom(three, time, -1)), [10, 0, 0]);
  assert.deepEqual([0, 15, 25].map((time) => stepFrom(three, time, 1)), [10, 20.5, null]);
});

test("the player's place becomes a line where it belongs", () => {
  assert.deepEqual(insertLine("0:00 a\n0:30 b\n", 12.7), { text: "0:00 a\n0:12 \n0:30 b", caret: 12 });
  assert.deepEqual(insertLine("", 3700), { text: "1:01:40 ", caret: 8 });
  assert.deepEqual(insertLine("0:00 a\nwords", 5).text, "0:00 a\nwords\n0:05 ");
});

test("looks of captions are what was kept, as far as that can be chosen", () => {
  assert.deepEqual(tidyLooks(null), USUAL);
  assert.deepEqual(tidyLooks({ size: "1.6", colour: "url(evil)", other: 1 }), { ...USUAL, size: "1.6" });
  assert.equal(styleOf({ ...USUAL, background: "#ffe83d", opacity: "0.5" })["--caption-background"], "rgb(255 232 61 / 0.5)");
});

test("what is loaded ahead counts from the place where it plays", () => {
  const spans = [[0, 4], [10, 30]];
  const ranges = { length: 2, start: (place) => spans[place][0], end: (place) => spans[place][1] };
  assert.deepEqual([1, 7, 12].map((time) => bufferedAhead(ranges, time)), [3, 0, 18]);
});

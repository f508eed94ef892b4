/** The watch page's script: what needs no browser. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { asText, findHits, fold, parseCues, placeAt } from "../../static/js/watch/cues.js";
import { addressWith, startOf } from "../../static/js/watch/sharing.js";
import { resumeAt } from "../../static/js/watch/kept.js";
import { played, Tally } from "../../static/js/watch/plays.js";
import { Place } from "../../static/js/watch/position.js";

test("seconds that were played count, jumps do not", () => {
  assert.equal(played(3, 3.25), 0.25);
  assert.deepEqual([played(3, 60), played(60, 3), played(3, 3)], [0, 0, 0]);
});

test("what is as by default is left out of an address", () => {
  const address = "https://example.org/watch/abc";
  assert.equal(addressWith(address, { t: null, loop: null }), address);
  assert.equal(addressWith(address, { t: 12, autoplay: 1, title: 0 }), `${address}?t=12&autoplay=1&title=0`);
});

test("a shared start is a whole second within the video", () => {
  assert.deepEqual(["1:23", " 83.9 ", "1:00:00", "0", "1m3s"].map((typed) => startOf(typed, 4000)), [83, 83, 3600, 0, 63]);
  assert.deepEqual(["", "soon", "-1", "1:2:3:4", "4000"].map((typed) => startOf(typed, 4000)), [null, null, null, null, null]);
  assert.equal(startOf("2:00:00", 0), 7200);
});

test("runs are told apart by jumps, and time is that of the wall", () => {
  const tally = new Tally();
  for (const time of [10, 11, 12, 60, 61]) tally.look(time, 2);
  assert.deepEqual(tally.take(), { played_s: 1.5, ranges: [[10, 12], [60, 61]] });
  assert.deepEqual(tally.take(), { played_s: 0, ranges: [] });
});

test("what could not be told comes with the next report", () => {
  const tally = new Tally();
  tally.look(0, 1);
  tally.look(1, 1);
  const lost = tally.take();
  tally.look(2, 1);
  tally.putBack(lost);
  assert.deepEqual(tally.take(), { played_s: 2, ranges: [[0, 1], [1, 2]] });
});

const FILM = "WEBVTT\n\n00:01.000 --> 00:02.000\nThe <i>sea</i>\nis calm\n\n01:00:02.500 --> 01:00:03.000 line:0\nZürich &amp; more\n\n01:00:09.000 --> 01:00:10.000\nEnd\n";

test("lines of a transcript have their time and no markup", () => {
  const cues = parseCues(FILM);
  assert.deepEqual(cues.slice(0, 2), [{ start: 1, text: "The sea is calm" }, { start: 3602.5, text: "Zürich & more" }]);
  assert.equal(asText(cues, null), "The sea is calm\nZürich & more\nEnd");
});

test("the line that is heard is the last one that has begun", () => {
  const cues = parseCues(FILM);
  assert.deepEqual([0, 1, 500, 3602.5, 9999].map((time) => placeAt(cues, time)), [-1, 0, 0, 1, 2]);
});

test("words are found whatever their case and accents", () => {
  const folded = parseCues(FILM).map(({ text }) => fold(text));
  assert.deepEqual(findHits(folded, " ZURICH"), [1]);
  assert.deepEqual(findHits(folded, "e"), [0, 1, 2]);
  assert.deepEqual(findHits(folded, " "), []);
});

test("watching goes on where it is neither begun nor over", () => {
  assert.deepEqual([[9.9, 100], [10, 100], [95, 100], [95.1, 100], undefined].map(resumeAt), [0, 10, 95, 0, 0]);
});

test("the place is told soon after playing began, then less and less often", () => {
  const place = new Place();
  const told = [];
  for (let time = 0; time <= 40; time += 0.25) if (place.look(time, time * 1000)) told.push(place.take(time * 1000));
  assert.deepEqual(told, [1, 5, 9, 17, 32]);
});

test("who drags along the seek bar tells the place no oftener than every few seconds", () => {
  const place = new Place();
  const told = [];
  for (let wall = 0; wall < 10_000; wall += 250) if (place.look((wall % 1000) * 60, wall)) told.push(place.take(wall));
  assert.equal(told.length, 3);
});

test("whoever goes tells where they are, once", () => {
  const place = new Place();
  assert.equal(place.take(0), null); // nothing was played
  place.look(5, 0);
  place.look(5.5, 500);
  assert.deepEqual([place.take(500), place.take(510)], [5.5, null]);
});

test("a clip shorter than a second is told, and the end to its last moment", () => {
  const blink = new Place();
  blink.look(0.6, 0);
  assert.deepEqual([blink.take(0, { isEnd: true }), blink.take(10)], [0.6, null]);
  const short = new Place();
  assert.equal([0, 1].map((time) => short.look(time, time * 1000)).at(-1), true);
  assert.equal(short.take(1000), 1);
  short.look(1.5, 1500);
  assert.deepEqual([short.take(1500), short.take(1500, { isEnd: true }), short.take(1600, { isEnd: true })], [null, 1.5, null]);
});

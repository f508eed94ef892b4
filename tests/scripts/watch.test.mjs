/** The watch page's script: what needs no browser. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { addressWith } from "../../static/js/watch/sharing.js";
import { played, Tally } from "../../static/js/watch/plays.js";

test("seconds that were played count, jumps do not", () => {
  assert.equal(played(3, 3.25), 0.25);
  assert.deepEqual([played(3, 60), played(60, 3), played(3, 3)], [0, 0, 0]);
});

test("what is as by default is left out of an address", () => {
  const address = "https://example.org/watch/abc";
  assert.equal(addressWith(address, { t: null, loop: null }), address);
  assert.equal(addressWith(address, { t: 12, autoplay: 1, title: 0 }), `${address}?t=12&autoplay=1&title=0`);
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

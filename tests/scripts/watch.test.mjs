/** The watch page's script: what needs no browser. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { addressWith } from "../../static/js/watch/sharing.js";
import { played } from "../../static/js/watch/view.js";

test("seconds that were played count, jumps do not", () => {
  assert.equal(played(3, 3.25), 0.25);
  assert.deepEqual([played(3, 60), played(60, 3), played(3, 3)], [0, 0, 0]);
});

test("what is as by default is left out of an address", () => {
  const address = "https://example.org/watch/abc";
  assert.equal(addressWith(address, { t: null, loop: null }), address);
  assert.equal(addressWith(address, { t: 12, autoplay: 1, title: 0 }), `${address}?t=12&autoplay=1&title=0`);
});

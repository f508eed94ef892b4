/** The watch page's script: what needs no browser. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { played } from "../../static/js/watch/view.js";

test("seconds that were played count, jumps do not", () => {
  assert.equal(played(3, 3.25), 0.25);
  assert.deepEqual([played(3, 60), played(60, 3), played(3, 3)], [0, 0, 0]);
});

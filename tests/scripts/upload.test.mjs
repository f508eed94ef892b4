/** The parts of the upload page that compute: speed and its words, turns, and trying again. */
import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.window = new EventTarget();
const { Meter, formatBytes, formatSpeed, formatWait } = await import("../../static/js/upload/speed.js");
const { Slots } = await import("../../static/js/upload/slots.js");
const { untilItWorks } = await import("../../static/js/upload/retry.js");
const { followPreparation, sentenceAbout } = await import("../../static/js/upload/preparation.js");
const { ApiError } = await import("../../static/js/upload/api.js");

test("the speed is that of the last ten seconds", () => {
  const meter = new Meter();
  meter.add(0, 0);
  assert.equal(meter.speed, 0);
  meter.add(1000, 1000);
  assert.equal(meter.speed, 1000);
  for (let second = 2; second <= 30; second += 1) meter.add(1000 + (second - 1) * 5000, second * 1000);
  assert.equal(Math.round(meter.speed), 5000);
  meter.restart();
  assert.equal(meter.speed, 0);
});

test("sizes and times are said as the pages say them", () => {
  assert.deepEqual([0, 999, 1500, 1_500_000, 64_000_000_000, 68_719_476_736].map(formatBytes), ["0 B", "999 B", "2 kB", "1.5 MB", "64 GB", "68.72 GB"]);
  assert.deepEqual([3, 31, 60, 3599, 7200].map(formatWait), [
    "a few seconds left", "35 seconds left", "about 1 minute left", "about 60 minutes left", "about 2 hours left",
  ]);
  assert.equal(formatSpeed(0, 5), "");
  assert.equal(formatSpeed(2e6, 60e6), "2 MB/s, 30 seconds left");
});

test("slots go to the file that was chosen first, and come back once", async () => {
  const slots = new Slots(1);
  const { signal } = new AbortController();
  const giveBack = await slots.take(1, signal);
  const order = [];
  const later = [2, 3, 1].map((place) => slots.take(place, signal).then((give) => { order.push(place); give(); }));
  giveBack();
  giveBack();
  await Promise.all(later);
  assert.deepEqual(order, [1, 2, 3]);
});

test("whoever gives up waiting leaves the queue", async () => {
  const slots = new Slots(1);
  const giveBack = await slots.take(1, new AbortController().signal);
  const abort = new AbortController();
  const waiting = slots.take(1, abort.signal);
  abort.abort();
  await assert.rejects(waiting, { name: "AbortError" });
  const next = slots.take(2, new AbortController().signal);
  giveBack();
  assert.equal(typeof (await next), "function");
});

test("errors that pass are tried again as soon as the network is back, others are not", async () => {
  const { signal } = new AbortController();
  const heard = [];
  let tries = 0;
  const result = await untilItWorks(
    async () => {
      tries += 1;
      if (tries === 1) {
        queueMicrotask(() => queueMicrotask(() => window.dispatchEvent(new Event("online"))));
        throw new ApiError(0, {});
      }
      return "done";
    },
    { signal, onTrouble: (error) => heard.push(error?.code ?? null) },
  );
  assert.deepEqual([result, tries, heard], ["done", 2, ["unreachable", null]]);
  const refuse = async () => { throw new ApiError(409, { code: "quota_exceeded", detail: "Too much." }); };
  await assert.rejects(untilItWorks(refuse, { signal }), { code: "quota_exceeded", message: "Too much." });
});

test("what passes and what does not", () => {
  const passes = (status) => new ApiError(status, {}).isPassing;
  assert.deepEqual([0, 408, 429, 500, 502, 503].map(passes), Array(6).fill(true));
  assert.deepEqual([400, 401, 403, 404, 409, 413, 422, 507].map(passes), Array(8).fill(false));
});

test("what becomes of a video after its upload is told until it is settled", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  globalThis.document = { hidden: false, querySelector: () => ({ content: "token" }) };
  const answers = ["queued", "processing", "failed"].map((status) => ({ status, progress: 0.339, queue_position: 3 }));
  globalThis.fetch = async () => new Response(JSON.stringify(answers.shift()));
  const told = [];
  const followed = followPreparation("x", (video) => told.push(sentenceAbout(video)));
  while (answers.length) {
    t.mock.timers.tick(2000);
    await new Promise(setImmediate);
  }
  await followed;
  assert.deepEqual(told, [
    "Uploaded. 2 others are processed first. You may close this page.",
    "Uploaded. The video is being processed (33 %); you may close this page.",
    "Uploaded, but it cannot be shown.",
  ]);
});

test("a video that was deleted meanwhile has no more news", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  globalThis.document = { hidden: false, querySelector: () => ({ content: "token" }) };
  globalThis.fetch = async () => new Response("{}", { status: 404 });
  const told = [];
  const followed = followPreparation("x", (video) => told.push(sentenceAbout(video)));
  t.mock.timers.tick(2000);
  await followed;
  assert.deepEqual(told, ["The video was deleted."]);
});

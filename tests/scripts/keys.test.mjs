/** Which key was meant, on keyboards of several alphabets. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { meaning } from "../../static/js/player/keys.js";

function press(key, code, shiftKey = false) {
  return meaning({ key, code, shiftKey });
}

test("letters are taken as they are printed on Latin keyboards", () => {
  assert.equal(press("k", "KeyK"), "k");
  assert.equal(press("K", "KeyK", true), "k");
  assert.equal(press("m", "Semicolon"), "m"); // French
});

test("letters of other alphabets are taken by their place", () => {
  assert.equal(press("л", "KeyK"), "k");
  assert.equal(press("כ", "KeyF"), "f");
  assert.equal(press("б", "Comma"), ",");
  assert.equal(press("Б", "Comma", true), "<");
});

test("digits are digits, also where they need the shift key", () => {
  assert.equal(press("5", "Digit5"), "5");
  assert.equal(press("5", "Numpad5"), "5");
  assert.equal(press("(", "Digit5"), "5"); // French, without shift
  assert.equal(press("5", "Digit5", true), "5"); // French, with shift
  assert.equal(press("%", "Digit5", true), ""); // English, with shift
});

test("named keys keep their names", () => {
  assert.equal(press("ArrowLeft", "ArrowLeft"), "ArrowLeft");
  assert.equal(press(" ", "Space"), " ");
  assert.equal(press("?", "Slash", true), "?");
  assert.equal(press("?", "Minus", true), "?"); // German
});

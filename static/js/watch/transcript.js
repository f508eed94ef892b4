/**
 * The transcript beside the player: it follows what is heard, and a click on a line seeks. All lines of a film are there,
 * in groups that the browser draws only where they are seen, so that ten thousand stay quick.
 */
import { copyText } from "../basics/clipboard.js";
import { make } from "../basics/dom.js";
import { recall, remember } from "../basics/memory.js";
import { toast } from "../behaviours/toasts.js";
import { clock, spoken } from "../player/format.js";
import { asText, findHits, fold, parseCues, placeAt } from "./cues.js";
import { namedCaptions } from "./captions.js";
import { Highlights } from "./highlights.js";

const GROUP = 50;
const MOVES = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };

class Transcript {
  #panel;
  #cues = [];
  #folded = [];
  #rows = [];
  #hits = [];
  #hit = -1;
  #current = -1;
  #reachable = 0;
  #isFollowing = true;
  #shown = null;
  #marks = new Highlights("transcript-hit");

  constructor(panel, opener, signal) {
    this.#panel = panel;
    this.opener = opener;
    this.lines = this.#find("lines");
    this.track = this.#find("track");
    this.field = this.#find("find");
    opener.setAttribute("role", "button");
    opener.setAttribute("aria-controls", panel.id);
    opener.setAttribute("aria-expanded", "false");
    this.#connect();
    this.#showTimes(recall("transcriptTimes", true));
    document.addEventListener("vod:timeupdate", ({ detail }) => this.#follow(detail.time), { signal });
    document.addEventListener("vod:captions-named", () => this.#offer(), { signal });
    signal.addEventListener("abort", () => this.#marks.clear());
  }

  get isOpen() {
    return !this.#panel.hidden;
  }

  #find(name) {
    return this.#panel.querySelector(`[data-transcript-${name}]`);
  }

  #connect() {
    this.opener.addEventListener("click", (event) => this.#onOpener(event));
    this.opener.addEventListener("keydown", (event) => {
      if (event.key !== " ") return;
      event.preventDefault();
      this.opener.click();
    });
    this.#find("close").addEventListener("click", () => this.#close());
    this.track.addEventListener("change", () => {
      remember("transcriptLanguage", this.#tracks.find(({ id }) => id === this.track.value)?.language);
      this.#load(this.track.value);
    });
    this.field.addEventListener("input", () => this.#search());
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.#step(event.shiftKey ? -1 : 1);
      else if (event.key === "Escape" && !this.field.value) this.#close();
    });
    this.#find("previous").addEventListener("click", () => this.#step(-1));
    this.#find("next").addEventListener("click", () => this.#step(1));
    this.#find("times").addEventListener("click", () => this.#showTimes(!recall("transcriptTimes", true), true));
    this.#find("copy").addEventListener("click", () => this.#copy());
    this.#find("follow").addEventListener("click", () => this.#resume());
    for (const name of ["wheel", "touchmove", "pointerdown"]) this.lines.addEventListener(name, (event) => this.#onScroll(event), { passive: true });
    this.lines.addEventListener("keydown", (event) => this.#onKey(event));
    this.lines.addEventListener("click", () => this.#resume());
  }

  #onOpener(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (this.isOpen) this.#close();
    else this.#open();
  }

  #open() {
    this.#panel.hidden = false;
    this.opener.setAttribute("aria-expanded", "true");
    this.#offer();
    this.#find("hits").textContent = "";
    this.#panel.querySelector("h2").focus({ preventScroll: true });
    this.#panel.scrollIntoView({ block: "nearest" });
  }

  #close() {
    this.#panel.hidden = true;
    this.opener.setAttribute("aria-expanded", "false");
    this.opener.focus({ preventScroll: true });
  }

  get #tracks() {
    return namedCaptions();
  }

  /** The languages there are by now; the one that is shown stays, where it is still there. */
  #offer() {
    const tracks = this.#tracks;
    this.opener.hidden = tracks.length === 0;
    if (!this.isOpen) return;
    if (!tracks.length) {
      this.#close();
      return;
    }
    this.track.replaceChildren(...tracks.map(({ id, label }) => make("option", { value: id }, label)));
    this.track.hidden = tracks.length < 2;
    const wanted = tracks.find(({ id }) => id === this.#shown) ?? this.#choose(tracks);
    this.track.value = wanted.id;
    if (wanted.id !== this.#shown) this.#load(wanted.id);
  }

  /** As the captions on the picture, as last time, as the browser speaks, or the first. */
  #choose(tracks) {
    const captions = document.querySelector("[data-player]")?.player?.captions;
    const wanted = [captions?.current?.language, recall("transcriptLanguage", null), ...(navigator.languages ?? [])].filter(Boolean);
    const whole = tracks.filter((track) => !track.is_forced);
    const same = wanted.map((language) => whole.find((track) => track.language.split("-")[0] === language.split("-")[0])).find(Boolean);
    return same ?? whole.find((track) => track.is_default) ?? whole[0] ?? tracks[0];
  }

  async #load(id) {
    const track = this.#tracks.find((one) => one.id === id);
    this.#shown = id;
    this.lines.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(track.url);
      if (!answer.ok) throw new Error(String(answer.status));
      const text = await answer.text();
      if (this.#shown === id) this.#draw(parseCues(text), track);
    } catch {
      this.#shown = null;
      this.lines.replaceChildren(make("p", { class: "transcript-note" }, "The transcript could not be loaded. Close it and open it again to try once more."));
    }
    this.lines.removeAttribute("aria-busy");
  }

  #draw(cues, track) {
    this.#cues = cues;
    this.#folded = cues.map(({ text }) => fold(text));
    this.#rows = cues.map(({ start, text }) =>
      make(
        "a",
        { class: "transcript-line", href: `?t=${Math.floor(start)}`, "data-seek": start, tabindex: "-1" },
        make("span", { class: "transcript-time numbers", "aria-label": spoken(start) }, clock(start)),
        make("span", { dir: "auto" }, text),
      ),
    );
    const groups = [];
    for (let first = 0; first < cues.length; first += GROUP) {
      const rows = this.#rows.slice(first, first + GROUP).map((row) => make("li", {}, row));
      groups.push(make("ol", { class: "transcript-lines", lang: track.language, "aria-label": `From ${spoken(cues[first].start)}` }, ...rows));
    }
    this.lines.replaceChildren(...(groups.length ? groups : [make("p", { class: "transcript-note" }, "Nothing is said.")]));
    this.#current = -1;
    this.#reach(0);
    this.#link(track);
    this.#search();
    this.#resume();
  }

  #link(track) {
    const times = recall("transcriptTimes", true) ? "&times=1" : "";
    this.#find("text").href = `${this.#panel.dataset.text}?track=${encodeURIComponent(track.id)}${times}`;
    this.#find("file").href = track.url;
    this.#find("file").download = `${document.querySelector("[data-player]")?.dataset.video ?? "captions"}.${track.language}.vtt`;
    const page = this.#find("page");
    page.href = `${page.href.split("?")[0]}?track=${encodeURIComponent(track.id)}`;
  }

  #follow(time) {
    if (!this.isOpen || !this.#rows.length) return;
    const place = placeAt(this.#cues, time);
    if (place === this.#current) return;
    this.#rows[this.#current]?.removeAttribute("aria-current");
    this.#current = place;
    this.#rows[place]?.setAttribute("aria-current", "true");
    if (!this.lines.contains(document.activeElement)) this.#reach(Math.max(0, place));
    if (this.#isFollowing) this.#show(place);
  }

  /** Scrolls the lines alone, never the page. */
  #show(place) {
    const row = this.#rows[place];
    if (!row) return;
    const box = this.lines.getBoundingClientRect();
    const at = row.getBoundingClientRect();
    this.lines.scrollTop += at.top - box.top - (box.height - at.height) / 2;
  }

  #onScroll(event) {
    if (event.type === "pointerdown" && event.target !== this.lines) return; // a click on a line; on the bar it is scrolling
    this.#pause();
  }

  #pause() {
    this.#isFollowing = false;
    this.#find("follow").hidden = false;
  }

  #resume() {
    this.#isFollowing = true;
    this.#find("follow").hidden = true;
    this.#current = -1;
    this.#rows.forEach((row) => row.hasAttribute("aria-current") && row.removeAttribute("aria-current"));
    this.#follow(document.querySelector("[data-player] video")?.currentTime ?? 0);
  }

  /** One line is reached by Tab, the others from there. */
  #reach(place) {
    this.#rows[this.#reachable]?.setAttribute("tabindex", "-1");
    this.#reachable = place;
    this.#rows[place]?.setAttribute("tabindex", "0");
  }

  #onKey(event) {
    const move = MOVES[event.key];
    const here = this.#rows.indexOf(document.activeElement);
    if (move === undefined || here < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.#pause();
    this.#reach(Math.min(this.#rows.length - 1, Math.max(0, here + move)));
    const row = this.#rows[this.#reachable];
    row.focus({ preventScroll: true });
    this.#show(this.#reachable);
  }

  #search() {
    this.#rows[this.#hits[this.#hit]]?.classList.remove("transcript-found");
    this.#hits = findHits(this.#folded, this.field.value);
    this.#hit = -1;
    this.#marks.mark(this.#hits.map((place) => this.#rows[place].lastElementChild), this.field.value.trim());
    for (const name of ["previous", "next"]) this.#find(name).disabled = this.#hits.length === 0;
    if (!this.field.value.trim()) {
      this.#find("hits").textContent = "";
      return;
    }
    const from = Math.max(0, this.#current);
    if (this.#hits.length) this.#goTo(Math.max(0, this.#hits.findIndex((place) => place >= from)));
    else this.#find("hits").textContent = "None";
  }

  #step(direction) {
    if (this.#hits.length) this.#goTo((this.#hit + direction + this.#hits.length) % this.#hits.length);
  }

  #goTo(hit) {
    this.#rows[this.#hits[this.#hit]]?.classList.remove("transcript-found");
    this.#hit = hit;
    const place = this.#hits[hit];
    this.#rows[place].classList.add("transcript-found");
    this.#pause();
    this.#reach(place);
    this.#show(place);
    this.#find("hits").textContent = `${hit + 1} of ${this.#hits.length}`;
  }

  #showTimes(on, sticky = false) {
    if (sticky) remember("transcriptTimes", on);
    this.#panel.toggleAttribute("data-without-times", !on);
    this.#find("times").setAttribute("aria-checked", String(on));
    const track = this.#tracks.find(({ id }) => id === this.#shown);
    if (track) this.#link(track);
  }

  async #copy() {
    try {
      await copyText(asText(this.#cues, recall("transcriptTimes", true) ? clock : null));
      toast({ message: "Transcript copied", kind: "good" });
    } catch {
      toast({ message: "Your browser does not allow copying. Download the transcript instead.", kind: "bad" });
    }
  }
}

export function offerTranscript(signal) {
  const panel = document.getElementById("transcript");
  const opener = document.querySelector("[data-transcript-open]");
  if (panel && opener) new Transcript(panel, opener, signal);
}

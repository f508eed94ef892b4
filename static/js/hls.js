/**
 * hls.js, the largest of all files, and the first script of a page with a video: what is there to be played begins to load
 * here. All else is set up while its first files are on the way.
 */
import "./basics/shared.js";
import Hls from "hls.js";
import { haveEngine } from "./player/engine.js";
import { openSource } from "./player/opening.js";

haveEngine(Hls);
for (const root of document.querySelectorAll("[data-player]")) openSource(root);

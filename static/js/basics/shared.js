/**
 * What many scripts share. Each entry imports this first, so that the build makes one file of it, and not a dozen
 * small ones, each with a request of its own.
 */
import "./clipboard.js";
import "./dom.js";
import "./files.js";
import "./memory.js";
import "./pages.js";
import "./zones.js";
import "../behaviours/times.js";
import "../behaviours/toasts.js";
import "../player/begin.js";
import "../player/engine.js";
import "../player/format.js";
import "../player/looks.js";
import "../player/next.js";
import "../player/storyboard.js";
import "../watch/kept.js";
import "../watch/list.js";
import "../watch/plays.js";

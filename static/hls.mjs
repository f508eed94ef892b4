/**
 * hls.js as our player needs it: built from the sources in its package, without what our videos never have.
 *
 * What its authors publish ready to run holds all of HLS, in the language of browsers of long ago: 185 kB compressed.
 * Ours is 106. Their own switches (`__USE_...__`) leave parts out, as in the "light" edition, which cannot choose a sound.
 */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const require = createRequire(import.meta.url);
const PACKAGE = require.resolve("hls.js/package.json");
const NEEDS = fileURLToPath(new URL("js/player/hls_needs.js", import.meta.url));
const OTHER_PACKAGES = /^(eventemitter3|url-toolkit|@svta\/cml-id3|@svta\/cml-utils)$/;

const SWITCHES = {
  ALT_AUDIO: true, // sound is in renditions of its own
  CMCD: false, // telling a CDN how playing goes
  CONTENT_STEERING: false,
  EME_DRM: false,
  IFRAMES: false, // pictures for winding come from the storyboard
  INTERSTITIALS: false, // advertisements
  M2TS_ADVANCED_CODECS: false,
  MEDIA_CAPABILITIES: true, // asks the browser what it decodes with ease
  SUBTITLES: false, // the page names the captions: hls.js would bring them a second time
  VARIABLE_SUBSTITUTION: false,
};

/** Only this module takes files apart, and ours are all fragmented MP4: it gets nothing in the place of the others. */
const TAKES_APART = /[\\/]demux[\\/]transmuxer\.ts$/;
const OTHER_FORMATS = /\/(aacdemuxer|ac3-demuxer|mp3demuxer|tsdemuxer|mp4-remuxer)$/;
const TELEMETRY = /\/cmcd-controller$/;
const PARTS_LEFT_OUT = 6;
const NOTHING = "export default class Nothing { static probe() { return false; } }\nexport { Nothing as AC3Demuxer };";

const leaveOut = (parts) => ({
  name: "leave-out",
  setup({ onResolve, onLoad }) {
    const leave = ({ path }) => {
      parts.add(path);
      return { path: "nothing", namespace: "left-out" };
    };
    onResolve({ filter: OTHER_FORMATS }, (asked) => (TAKES_APART.test(asked.importer) ? leave(asked) : null));
    onResolve({ filter: TELEMETRY }, leave);
    onResolve({ filter: OTHER_PACKAGES }, () => ({ path: NEEDS }));
    onLoad({ filter: /.*/, namespace: "left-out" }, () => ({ contents: NOTHING }));
  },
});

async function bundle(target) {
  const parts = new Set();
  const { outputFiles } = await build({
    entryPoints: [join(dirname(PACKAGE), "src", "exports-default.ts")],
    bundle: true,
    format: "esm",
    minify: true,
    write: false,
    target,
    plugins: [leaveOut(parts)],
    define: {
      ...Object.fromEntries(Object.entries(SWITCHES).map(([name, isOn]) => [`__USE_${name}__`, String(isOn)])),
      __VERSION__: JSON.stringify(require(PACKAGE).version),
      __IN_WORKER__: "false",
      __HLS_WORKER_BUNDLE__: "undefined",
    },
    // as its authors translate it: a field that is only declared is not set
    tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
    logLevel: "warning",
  });
  const { text } = outputFiles[0];
  const switches = new Set(text.match(/__[A-Z_]+__/g));
  if (parts.size !== PARTS_LEFT_OUT || switches.size > 0) {
    throw new Error(`hls.js has changed. Left out: ${[...parts]}. Switches that static/hls.mjs does not know: ${[...switches]}.`);
  }
  return text;
}

/** For the build of the site: what is imported as "hls.js". */
export const hlsFromSources = {
  name: "hls-from-sources",
  setup({ onResolve, onLoad, initialOptions }) {
    onResolve({ filter: /^hls\.js$/ }, ({ path }) => ({ path, namespace: "hls" }));
    onLoad({ filter: /.*/, namespace: "hls" }, async () => ({ contents: await bundle(initialOptions.target) }));
  },
};

// Reads playlists with hls-parser, which in its strict mode refuses what RFC 8216 forbids: prints, as JSON, what is wrong
// with each of the files that are named, by name.
import { readFileSync } from "node:fs";

import HLS from "hls-parser";

HLS.setOptions({ strictMode: true });
const problems = {};
for (const name of process.argv.slice(2)) {
  try {
    HLS.parse(readFileSync(name, "utf8"));
  } catch (error) {
    problems[name] = String(error.message);
  }
}
console.log(JSON.stringify(problems));

/**
 * Builds the browser files: static/css and static/js into static/dist, with content hashes in the names.
 *
 * dist/manifest.json says in "files" what the plain name ("app.css") is called now ("app-4F2A9C.css"), and in "imports"
 * which files a script needs before it runs, so that a page can ask for all of them at once. It is written last and in
 * one step, so that a running site never reads a half-made list; files of the build before are removed after it.
 * Beside each text lies the same compressed (".gz"), once and for all: the site and nginx send that.
 */
import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { build } from "esbuild";
import { hlsFromSources } from "./hls.mjs";

const ROOT = fileURLToPath(new URL(".", import.meta.url));
const DIST = join(ROOT, "dist");
const TEXTS = [".js", ".css", ".svg"];
const LUCIDE = join(ROOT, "../node_modules/lucide-static/icons");

/** "app.js" and the hash of its content make "app-1b2c3d4e.js". */
function hashedName(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 10);
  const extension = extname(name);
  return `${basename(name, extension)}-${hash}${extension}`;
}

async function filesOf(folder, extension) {
  const names = await readdir(join(ROOT, folder)).catch(() => []);
  return names.filter((name) => name.endsWith(extension)).map((name) => join(ROOT, folder, name));
}

/** Those that are no modules, and run where they stand in the page. */
const AT_ONCE = [join(ROOT, "js/ahead.js")];

const COMMON = {
  absWorkingDir: ROOT,
  outdir: DIST,
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  bundle: true,
  minify: true,
  metafile: true,
  legalComments: "external",
  target: ["es2022", "chrome123", "firefox121", "safari17.5"],
  logLevel: "warning",
};

/** Scripts and styles. Every static/js/*.js is an entry; what is imported with import() becomes a chunk of its own. */
async function buildBundles() {
  const modules = (await filesOf("js", ".js")).filter((path) => !AT_ONCE.includes(path));
  const [modular, atOnce] = await Promise.all([
    build({ ...COMMON, entryPoints: [join(ROOT, "css/app.css"), ...modules], splitting: true, format: "esm", plugins: [hlsFromSources] }),
    build({ ...COMMON, entryPoints: AT_ONCE, format: "iife" }),
  ]);
  const outputs = { ...modular.metafile.outputs, ...atOnce.metafile.outputs };
  const [manifest, imports] = [{}, {}];
  for (const [path, output] of Object.entries(outputs)) {
    if (output.entryPoint && !path.endsWith(".LEGAL.txt")) {
      const name = basename(output.entryPoint, extname(output.entryPoint)) + extname(path);
      manifest[name] = basename(path);
      imports[name] = [...importedBy(path, outputs)].map((imported) => basename(imported));
    }
  }
  return { manifest, imports, files: Object.keys(outputs).map((path) => basename(path)) };
}

/** All files that a script imports, and those that they import; not what it may ask for later. */
function importedBy(path, outputs, found = new Set()) {
  for (const imported of outputs[path].imports) {
    if (imported.kind !== "import-statement" || found.has(imported.path)) continue;
    found.add(imported.path);
    importedBy(imported.path, outputs, found);
  }
  return found;
}

function symbolOf(name, svg) {
  const viewBox = /viewBox="([^"]+)"/.exec(svg)[1];
  const shapes = svg.replace(/<!--[\s\S]*?-->/g, "").replace(/^[\s\S]*?<svg[\s\S]*?>/, "").replace(/<\/svg>\s*$/, "");
  return `<symbol id="${name}" viewBox="${viewBox}">${shapes.trim().replace(/\s*\n\s*/g, "")}</symbol>`;
}

/** One SVG of all icons: the Lucide ones named in icons/lucide.txt and our own icons/*.svg. */
async function buildIcons() {
  const list = await readFile(join(ROOT, "icons/lucide.txt"), "utf8");
  const names = list.split("\n").map((line) => line.trim()).filter((line) => line && !line.startsWith("#"));
  const lucide = names.map(async (name) => symbolOf(name, await readFile(join(LUCIDE, `${name}.svg`), "utf8")));
  const own = (await filesOf("icons", ".svg")).map(async (path) => symbolOf(basename(path, ".svg"), await readFile(path, "utf8")));
  const symbols = await Promise.all([...lucide, ...own]);
  const sprite = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
  const file = hashedName("icons.svg", sprite);
  await writeFile(join(DIST, file), sprite);
  return { "icons.svg": file };
}

async function copyPictures() {
  const manifest = {};
  for (const path of await filesOf("img", "")) {
    const file = hashedName(basename(path), await readFile(path));
    await copyFile(path, join(DIST, file));
    manifest[basename(path)] = file;
  }
  return manifest;
}

/** Each text once more, as small as gzip makes it. */
async function compress(names) {
  const pack = async (name) => {
    await writeFile(join(DIST, `${name}.gz`), await promisify(gzip)(await readFile(join(DIST, name)), { level: 9 }));
    return `${name}.gz`;
  };
  return Promise.all(names.filter((name) => TEXTS.includes(extname(name))).map(pack));
}

async function removeOthers(keep) {
  const names = await readdir(DIST);
  await Promise.all(names.filter((name) => !keep.has(name)).map((name) => rm(join(DIST, name), { recursive: true })));
}

await mkdir(DIST, { recursive: true });
const [bundles, icons, pictures] = await Promise.all([buildBundles(), buildIcons(), copyPictures()]);
const files = { ...bundles.manifest, ...icons, ...pictures };
const packed = await compress([...new Set([...bundles.files, ...Object.values(files)])]);
await writeFile(join(DIST, "manifest.json.new"), `${JSON.stringify({ files, imports: bundles.imports }, null, 2)}\n`);
await rename(join(DIST, "manifest.json.new"), join(DIST, "manifest.json"));
await removeOthers(new Set(["manifest.json", ...bundles.files, ...Object.values(files), ...packed]));

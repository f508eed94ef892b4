/**
 * Builds the browser files: static/css and static/js into static/dist, with content hashes in the names.
 *
 * dist/manifest.json maps the plain name ("app.css") to the built one ("app-4F2A9C.css"). It is written last and in
 * one step, so that a running site never reads a half-made list; files of the build before are removed after it.
 */
import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL(".", import.meta.url));
const DIST = join(ROOT, "dist");
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

/** Scripts and styles. Every static/js/*.js is an entry; what is imported with import() becomes a chunk of its own. */
async function buildBundles() {
  const result = await build({
    absWorkingDir: ROOT,
    entryPoints: [join(ROOT, "css/app.css"), ...(await filesOf("js", ".js"))],
    outdir: DIST,
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    minify: true,
    metafile: true,
    legalComments: "external",
    target: ["es2022", "chrome123", "firefox121", "safari17.5"],
    logLevel: "warning",
  });
  const manifest = {};
  for (const [path, output] of Object.entries(result.metafile.outputs)) {
    if (output.entryPoint && !path.endsWith(".LEGAL.txt")) {
      const name = basename(output.entryPoint, extname(output.entryPoint)) + extname(path);
      manifest[name] = basename(path);
    }
  }
  return { manifest, files: Object.keys(result.metafile.outputs).map((path) => basename(path)) };
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

async function removeOthers(keep) {
  const names = await readdir(DIST);
  await Promise.all(names.filter((name) => !keep.has(name)).map((name) => rm(join(DIST, name), { recursive: true })));
}

await mkdir(DIST, { recursive: true });
const [bundles, icons, pictures] = await Promise.all([buildBundles(), buildIcons(), copyPictures()]);
const manifest = { ...bundles.manifest, ...icons, ...pictures };
await writeFile(join(DIST, "manifest.json.new"), `${JSON.stringify(manifest, null, 2)}\n`);
await rename(join(DIST, "manifest.json.new"), join(DIST, "manifest.json"));
await removeOthers(new Set(["manifest.json", ...bundles.files, ...Object.values(manifest)]));

// Bundles the browser's share of Huntaze into src/huntaze/static/dist: hashed names, a manifest, gzip and brotli beside each text file.
// `node build.mjs` builds once; `node build.mjs --watch` builds again whenever a source changes.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, watch, writeFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "src", "huntaze", "static", "dist");
const fonts = join(here, "node_modules", "@fontsource-variable", "inter", "files");
const lucide = join(here, "node_modules", "lucide-static", "icons");

const hashed = (name, bytes) => {
  const ending = extname(name);
  const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 10);
  return `${basename(name, ending)}-${digest}${ending}`;
};

/** One <symbol> for every name in icons.json (lucide) and every file of marks/ (our own drawing and the networks' glyphs). */
function sprite() {
  const names = JSON.parse(readFileSync(join(here, "icons.json"), "utf8"));
  const inner = (file) => readFileSync(file, "utf8").replace(/<!--.*?-->/gs, "").match(/<svg[^>]*>(.*)<\/svg>/s)[1].replace(/\s*\n\s*/g, "");
  const symbols = names.map((name) => `<symbol id="${name}" viewBox="0 0 24 24">${inner(join(lucide, `${name}.svg`))}</symbol>`);
  const marks = readdirSync(join(here, "marks")).filter((file) => file.endsWith(".svg")).sort();
  for (const file of marks) {
    symbols.push(`<symbol id="${basename(file, ".svg")}" viewBox="0 0 24 24">${inner(join(here, "marks", file))}</symbol>`);
  }
  const text = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
  return { text, names: [...names, ...marks.map((file) => basename(file, ".svg"))] };
}

/** Runs esbuild on one entry and answers its bytes. */
async function bundle(entry, options) {
  const result = await build({
    entryPoints: [join(here, entry)],
    bundle: true,
    minify: true,
    write: false,
    legalComments: "none",
    target: ["chrome125", "firefox128", "safari17.5"],
    ...options,
  });
  return Buffer.from(result.outputFiles[0].contents);
}

async function buildAll() {
  const files = new Map();
  const manifest = {};
  const add = (name, bytes) => {
    manifest[name] = hashed(name, bytes);
    files.set(manifest[name], bytes);
  };
  for (const subset of ["latin", "latin-ext"]) {
    add(`inter-${subset}.woff2`, readFileSync(join(fonts, `inter-${subset}-wght-normal.woff2`)));
  }
  const icons = sprite();
  add("icons.svg", Buffer.from(icons.text));
  add("favicon.svg", readFileSync(join(here, "favicon.svg")));
  const css = await bundle("css/app.css", { external: ["*.woff2"] });
  const faces = css.toString().replace(/inter-(latin(?:-ext)?)\.woff2/g, (name) => manifest[name]);
  add("app.css", Buffer.from(faces));
  for (const entry of ["app", "insights"]) add(`${entry}.js`, await bundle(`${entry}.ts`, { format: "esm" }));

  mkdirSync(out, { recursive: true });
  for (const [name, bytes] of files) {
    writeFileSync(join(out, name), bytes);
    if (name.endsWith(".woff2")) continue;
    writeFileSync(join(out, `${name}.gz`), gzipSync(bytes, { level: 9 }));
    writeFileSync(join(out, `${name}.br`), brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
  }
  const content = { files: manifest, icons: icons.names };
  // The manifest comes last and by a rename: a server that starts meanwhile finds the old build or the new one, never half of one.
  writeFileSync(join(out, "manifest.json.new"), `${JSON.stringify(content, null, 2)}\n`);
  renameSync(join(out, "manifest.json.new"), join(out, "manifest.json"));
  for (const name of readdirSync(out)) {
    if (name !== "manifest.json" && !files.has(name.replace(/\.(gz|br)$/, ""))) rmSync(join(out, name));
  }
  const sizes = [...files].map(([name, bytes]) => `${name} ${(bytes.length / 1024).toFixed(1)} kB`);
  console.log(sizes.join("\n"));
}

await buildAll();
if (process.argv.includes("--watch")) {
  let pending;
  watch(here, { recursive: true }, (_event, file) => {
    if (!file || file.includes("node_modules")) return;
    clearTimeout(pending);
    pending = setTimeout(() => buildAll().catch((error) => console.error(error.message)), 50);
  });
}

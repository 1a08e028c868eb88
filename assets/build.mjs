// Bundles what pages need into the folder of static files, with the licences of whatever is inside.
import { cp, readFile, readdir, writeFile } from "node:fs/promises";
import { build } from "esbuild";
import { compile } from "sass";

const OUT = new URL("../ctl_graph/web/static/build/", import.meta.url);
const FONTS = "node_modules/bootstrap-italia/dist/fonts/Titillium_Web/";
const PACKAGE = /node_modules\/((?:@[^/]+\/)?[^/]+)\//;
// What Bootstrap Italia's sources do that a later Sass will not: theirs to change.
const SILENCED = ["import", "global-builtin", "color-functions", "abs-percent", "if-function"];

/** The names of the packages that files are from. */
function packages(files) {
  return files.map((file) => PACKAGE.exec(file)?.[1]).filter(Boolean);
}

/** The same with the packages that they hold in turn: what is bundled may be a bundle itself. Types are gone from it. */
async function withParts(names) {
  const { packages: locked } = JSON.parse(await readFile("package-lock.json", "utf8"));
  const found = new Set(names);
  for (const name of found) Object.keys(locked[`node_modules/${name}`]?.dependencies ?? {}).forEach((each) => found.add(each));
  return [...found].filter((name) => !name.startsWith("@types/"));
}

/** The licence, or notice, of a folder as it stands. */
async function licences(folder) {
  const files = (await readdir(folder)).filter((name) => /^(licen[cs]e|notice|ofl)/i.test(name));
  return Promise.all(files.map(async (name) => (await readFile(`${folder}/${name}`, "utf8")).trim()));
}

/** Name, version, makers and licence of each package of which something is in the bundle. */
async function notices(names) {
  const texts = await Promise.all(
    [...new Set(names)].sort().map(async (name) => {
      const about = JSON.parse(await readFile(`node_modules/${name}/package.json`, "utf8"));
      const makers = [about.author, ...(about.contributors ?? [])].filter(Boolean).map((each) => each.name ?? each);
      const by = makers.length ? `by ${makers.join(", ")}` : "";
      const head = [`${about.name} ${about.version}`, about.license, by, about.homepage].filter(Boolean);
      return [head.join("\n"), ...(await licences(`node_modules/${name}`))].join("\n\n");
    }),
  );
  const fonts = ["Titillium Web, the letters of the site", ...(await licences(FONTS))].join("\n\n");
  return ["This site contains these works of others.", ...texts, fonts].join(`\n\n${"-".repeat(80)}\n\n`) + "\n";
}

/** The look of the site, in one file: the parts of Bootstrap Italia that it uses, and its own. */
async function style() {
  const made = compile("src/site.scss", { style: "compressed", silenceDeprecations: SILENCED, loadPaths: ["node_modules"] });
  await writeFile(new URL("site.css", OUT), made.css);
  return made.loadedUrls.map((url) => url.pathname);
}

const made = await build({
  entryPoints: [
    "src/editor.js",
    "src/editor.css",
    "src/search.js",
    "src/pictures.js",
  ],
  outdir: OUT.pathname,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
});
for (const weight of ["regular", "600", "700"]) {
  const name = `titillium-web-v10-latin-ext_latin-${weight}.woff2`;
  await cp(FONTS + name, new URL(`fonts/${name}`, OUT));
}
const scripts = await withParts(packages(Object.keys(made.metafile.inputs)));
await writeFile(new URL("notices.txt", OUT), await notices([...scripts, ...packages(await style())]));

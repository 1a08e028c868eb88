// Bundles what a page needs into the folder of static files, with the licences of whatever is inside.
import { readFile, readdir, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const OUT = new URL("../ctl_graph/web/static/build/", import.meta.url);

/** Name, version and licence of each package in the bundle: those of the lock that are not only for building. */
async function notices() {
  const lock = JSON.parse(await readFile("package-lock.json", "utf8"));
  const shipped = Object.entries(lock.packages).filter(([path, each]) => path && !each.dev);
  const texts = await Promise.all(
    // Types are gone from a bundle.
    shipped.filter(([path]) => !path.includes("@types/")).map(async ([path, each]) => {
      const files = (await readdir(path)).filter((name) => /^(licen[cs]e|notice)/i.test(name));
      const words = await Promise.all(files.map((name) => readFile(`${path}/${name}`, "utf8")));
      const about = JSON.parse(await readFile(`${path}/package.json`, "utf8"));
      const makers = [about.author, ...(about.contributors ?? [])].filter(Boolean).map((each) => each.name ?? each);
      const head = [`${about.name} ${each.version}`, each.license, `by ${makers.join(", ")}`, about.homepage].filter(Boolean);
      return [head.join("\n"), ...words.map((text) => text.trim())].join("\n\n");
    }),
  );
  return ["The editor of this site contains these works of others.", ...texts].join(`\n\n${"-".repeat(80)}\n\n`) + "\n";
}

await build({
  entryPoints: ["src/editor.js", "src/editor.css"],
  outdir: OUT.pathname,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
});
await writeFile(new URL("notices.txt", OUT), await notices());

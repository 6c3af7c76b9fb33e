// Builds the widget into one file with a manifest of what it was built from; with --compare, says whether they are up to date.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const output = join(here, "..", "static", "amur.js");
const manifest = join(here, "..", "static", "amur.json");

// The style sheet becomes a string of the script, so that a host page's policy on styles has nothing to refuse.
const styles = {
  name: "styles",
  setup(building) {
    building.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(readFileSync(path, "utf8"), { loader: "css", minify: true });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

const built = await build({
  absWorkingDir: here,
  entryPoints: ["src/main.ts"],
  bundle: true,
  charset: "utf8",
  format: "iife",
  legalComments: "none",
  minify: true,
  plugins: [styles],
  target: "es2022",
  write: false,
});
const code = Buffer.from(built.outputFiles[0].contents);
const digest = (bytes, name) => createHash(name).update(bytes);
const sources = ["build.mjs", "package.json", "package-lock.json", "tsconfig.json"].concat(
  readdirSync(join(here, "src")).map((name) => `src/${name}`),
);
const made = {
  integrity: `sha384-${digest(code, "sha384").digest("base64")}`,
  sha256: digest(code, "sha256").digest("hex"),
  bytes: code.length,
  gzip_bytes: gzipSync(code, { level: 9 }).length,
  sources: Object.fromEntries(
    sources.sort().map((name) => [name, digest(readFileSync(join(here, name)), "sha256").digest("hex")]),
  ),
};
const text = `${JSON.stringify(made, null, 2)}\n`;

if (process.argv.includes("--compare")) {
  const same = readFileSync(output).equals(code) && JSON.parse(readFileSync(manifest, "utf8")).sha256 === made.sha256;
  if (!same) {
    console.error("bot/serve/static/amur.js is not the build of its source: run `make widget` and commit what changes");
    process.exit(1);
  }
  console.log(`amur.js is the build of its source: ${made.bytes} bytes, ${made.gzip_bytes} compressed`);
} else {
  writeFileSync(output, code);
  writeFileSync(manifest, text);
  console.log(`amur.js: ${made.bytes} bytes, ${made.gzip_bytes} compressed`);
}

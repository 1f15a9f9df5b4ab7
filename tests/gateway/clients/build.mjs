// Bundles page.js for a browser. The Bedrock and Vertex AI clients name Node's own modules in paths that no browser
// takes (credentials from files); in their place stands a function that does nothing.
import { builtinModules } from "node:module";
import { build } from "esbuild";

const names = builtinModules.filter((name) => !name.startsWith("_")).join("|");
const NOTHING = `
const handler = { get: (own, key) => (key in own ? own[key] : nothing) };
const nothing = new Proxy(function () {}, handler);
module.exports = nothing;`;

await build({
  entryPoints: ["page.js"],
  bundle: true,
  format: "iife",
  platform: "browser",
  define: { global: "globalThis", process: "noProcess" },
  banner: { js: "var noProcess = { env: {}, stderr: {}, versions: {} };" },
  outfile: "bundle.js",
  logLevel: "error",
  plugins: [
    {
      name: "no-node",
      setup(made) {
        made.onResolve({ filter: new RegExp(`^(node:)?(${names})$`) }, ({ path }) => ({ path, namespace: "no-node" }));
        made.onLoad({ filter: /.*/, namespace: "no-node" }, () => ({ contents: NOTHING }));
      },
    },
  ],
});

// The page's scripts in node: each is run as a browser would, beside a window that has their namespace.
import { readFileSync } from "node:fs";
import vm from "node:vm";

/**
 * Run scripts of templates/assets in their order; what they have put into the namespace.
 * @param {...string} names
 */
export function load(...names) {
  globalThis.window ??= { reportgen: {} };
  for (const name of names) run(`../../templates/assets/${name}`);
  return globalThis.window.reportgen;
}

/** The payloads that Python packed: see tests/test_page_contract.py. */
export function examples() {
  const payloads = {};
  globalThis.window ??= { reportgen: {} };
  globalThis.reportgen = { figure: (payload) => { payloads[payload.id] = payload; }, passages() {} };
  run("examples.js");
  return payloads;
}

function run(path) {
  const file = new URL(path, import.meta.url);
  vm.runInThisContext(readFileSync(file, "utf-8"), { filename: file.pathname });
}

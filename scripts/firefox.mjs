// The built page in Firefox, from disk, through WebDriver BiDi: figures wake, the slider, playing, the strip and the keyboard
// work, nothing is wider than the window, and nothing is said in the console. Not part of the tests: it needs Firefox.
//
//   npm install --prefix /tmp/bidi puppeteer-core
//   NODE_PATH=/tmp/bidi/node_modules node scripts/firefox.mjs [site/index.html] [/usr/bin/firefox-esr] [folder for pictures]
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const { default: puppeteer } = await import(createRequire(import.meta.url).resolve("puppeteer-core"));
const [file = "site/index.html", executablePath = "/usr/bin/firefox-esr", pictures = ""] = process.argv.slice(2);
const address = pathToFileURL(resolve(file)).href;
const SIZES = [[1280, 900], [390, 844]];
const wait = (ms) => new Promise((done) => { setTimeout(done, ms); });

/** Bring a figure to the middle of the screen and wait until it is live. */
async function show(page, id) {
  await page.waitForFunction((name) => {
    const figure = document.getElementById(name);
    figure.scrollIntoView({ block: "center", behavior: "instant" });
    return figure.querySelector(".is-live .live svg")?.clientWidth > 0;
  }, { polling: 100 }, id);
  await wait(300);
}
const text = (page, selector) => page.$eval(selector, (element) => element.textContent);

for (const dark of [0, 1]) {
  const browser = await puppeteer.launch({
    browser: "firefox", executablePath, headless: true, extraPrefsFirefox: { "layout.css.prefers-color-scheme.content-override": 1 - dark },
  });
  for (const [width, height] of SIZES) {
    const page = await browser.newPage(), said = [];
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(error.message));
    await page.setViewport({ width, height });
    await page.goto(address);
    const live = await page.$$eval("figure[data-live]", (figures) => figures.map(({ id }) => id));
    for (const id of live) {
      await show(page, id);
      if (pictures) await page.screenshot({ path: `${pictures}/${id}-${width}${dark ? "-dark" : ""}.png` });
    }
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));

    await show(page, "modular_accuracy");
    await page.click("#modular_accuracy .guess .show");
    await page.focus("#modular_accuracy input[type=range]");
    await page.keyboard.press("Home");
    await wait(200);
    assert.match(await text(page, "#modular_accuracy output"), /^step 0 ·/);
    await page.click("#modular_accuracy .play");
    await wait(1500);
    assert.match(await text(page, "#modular_accuracy output"), /^step [1-9]/);
    await page.click("#modular_accuracy .play");
    await show(page, "modular_weights");
    assert.match(await text(page, ".pinned:not([hidden]) output"), /^step [1-9]/);
    await page.focus("#modular_weights .panels");
    for (const key of ["ArrowRight", "ArrowDown"]) await page.keyboard.press(key);
    await wait(200);
    assert.match(await text(page, "#modular_weights .live .said"), /^neuron: 1, number: 0, weight: /);
    const rate = await page.evaluate(() => reportgen.measure("modular"));
    assert.deepEqual(said, []);
    console.log(`${await browser.version()}, ${width} px${dark ? ", dark" : ""}: ${live.length} figures live, ${rate.toFixed()} frames/s`);
    await page.close();
  }
  await browser.close();
}

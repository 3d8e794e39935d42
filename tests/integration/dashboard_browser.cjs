// What test_dashboard.py asks of a real browser: node dashboard_browser.cjs BROWSER URL
// Prints a word at each step and waits for a line before the next one.
"use strict";
const readline = require("node:readline");
const { chromium } = require("playwright-core");

const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const next = () => lines.next();
const say = (word) => console.log(word);
function check(fact, what) {
  if (!fact) throw new Error(what);
}

async function main([, , executablePath, url]) {
  const browser = await chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const faults = [];
  page.on("console", (message) => { if (message.type() === "error") faults.push(message.text()); });
  page.on("pageerror", (error) => faults.push(String(error)));
  await page.goto(url);
  check(!page.url().includes("token"), "the token stays in the address");
  check((await page.locator("td.cell").count()) === 2, "two services");
  check((await page.locator("img").count()) === 0, "a name became an element");
  const cell = page.locator("td.cell").first();
  await page.waitForFunction(() => document.getElementById("live").textContent === "live");
  check(await cell.evaluate((one) => one.classList.contains("state-idle")), "idle at first");

  // Ten tabs share one look at the machine.
  const tabs = [];
  for (let count = 0; count < 9; count += 1) {
    const tab = await context.newPage();
    await tab.goto(new URL("/", url).href);
    tabs.push(tab);
  }
  say("open");
  await next();
  await cell.and(page.locator(".state-running")).waitFor({ timeout: 10000 });
  await tabs[8].locator("td.state-running").waitFor({ timeout: 10000 });
  say("running");
  await next();
  await cell.and(page.locator(".state-idle")).waitFor({ timeout: 10000 });
  for (const tab of tabs) await tab.close();

  // By keyboard alone: filter, show all, explain.
  await page.bringToFront();
  await page.keyboard.press("/");
  await page.keyboard.type("jobs");
  await page.waitForFunction(() => document.querySelectorAll("td.cell").length === 1);
  check(page.url().endsWith("?q=jobs"), "a link to the search");
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.querySelectorAll("td.cell").length === 2);
  await page.keyboard.press("e");
  await page.keyboard.type("127.0.0.1:62893");
  await page.keyboard.press("Enter");
  await page.locator(".findings dt").first().waitFor();
  await page.locator("#number").fill("3000");
  check((await page.locator("#meaning").textContent()).includes("registered"), "what a number means");

  // At 360 px nothing but the matrix itself scrolls sideways.
  await page.setViewportSize({ width: 360, height: 740 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  check(wide <= 360, `the page is ${wide} px wide at 360`);
  check(faults.length === 0, faults.join("; "));

  // Without a script the page can be read, and searched.
  const state = await context.storageState();
  const plain = await browser.newContext({ javaScriptEnabled: false, storageState: state });
  const still = await plain.newPage();
  await still.goto(new URL("/?q=web", url).href);
  check((await still.locator("td.cell").count()) === 1, "search without a script");
  await plain.close();
  say("idle");
  await next();
  await page.waitForFunction(() => document.getElementById("live").classList.contains("stale"));
  say("lost");
  await next();
  await page.waitForFunction(() => document.getElementById("live").textContent === "live", null, { timeout: 30000 });
  say("live again");
  await browser.close();
  say("done");
  process.exit(0);
}

main(process.argv).catch((error) => {
  console.log(String(error.stack || error));
  process.exit(1);
});

// What 500 services cost a real browser: node dashboard_amount.cjs BROWSER URL. Prints JSON: seconds
// of the page's main thread (CPU, so that a busy machine does not count).
"use strict";
const { chromium } = require("playwright-core");

const FRAMES = 60;

async function main([, , executablePath, url]) {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  const spent = async () => {
    const { metrics } = await devtools.send("Performance.getMetrics");
    return Object.fromEntries(metrics.map((one) => [one.name, one.value]));
  };
  await page.goto(url);
  await page.waitForFunction(() => document.getElementById("live").textContent === "live");
  const first = await spent();
  const cells = await page.locator("td.cell").count();
  const before = await spent();
  await page.evaluate((frames) => new Promise((done) => {
    let at = 0;
    const step = () => { scrollBy(0, 80); if (++at < frames) requestAnimationFrame(step); else done(); };
    requestAnimationFrame(step);
  }), FRAMES);
  const after = await spent();
  console.log(JSON.stringify({
    cells,
    script: first.ScriptDuration,
    frame: (after.TaskDuration - before.TaskDuration) / FRAMES,
    scrolled: await page.evaluate(() => scrollY),
  }));
  await browser.close();
}

main(process.argv).catch((error) => {
  console.log(String(error.stack || error));
  process.exit(1);
});

// Measures pages with Lighthouse: `node measure.mjs BROWSER CATEGORY…`. Reads one object with `url`,
// `cookie` and `form` ("mobile" or "desktop") per line, prints for each its scores in percent and the
// audits that took any.
import { createInterface } from "node:readline";
import { launch } from "chrome-launcher";
import lighthouse, { desktopConfig } from "lighthouse";

const [chromePath, ...categories] = process.argv.slice(2);
const flags = [
  "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
const chrome = await launch({ chromePath, chromeFlags: flags });

async function measure({ url, cookie, form }) {
  const options = {
    port: chrome.port,
    onlyCategories: categories,
    extraHeaders: cookie ? { Cookie: cookie } : {},
    logLevel: "error",
    // Only the speed depends on it.
    throttlingMethod: categories.includes("performance") ? "simulate" : "provided",
  };
  const result = await lighthouse(url, options, form === "desktop" ? desktopConfig : undefined);
  const { lhr } = result;
  const scores = categories.map((name) => Math.round(100 * (lhr.categories[name].score ?? 0)));
  const weighed = categories.flatMap((name) => lhr.categories[name].auditRefs);
  const failed = weighed
    .filter(({ id, weight }) => weight && lhr.audits[id].score !== null && lhr.audits[id].score < 0.9)
    .map(({ id }) => id);
  return { scores, failed: [...new Set(failed)], error: lhr.runtimeError?.message ?? "" };
}

try {
  for await (const line of createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await measure(JSON.parse(line))));
  }
} finally {
  chrome.kill();
}

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { hasProgram, installPackages, isDebianRoot } from "../../lab/docker/install";
import { assertLabRoute } from "../../lab/hosts/route";
import { projectRoot } from "../../lab/paths";
import { run } from "../../lab/run";

/** Where pictures of pages are left to look at. */
export const pictures = join(projectRoot, ".farmstack", "pictures");

/**
 * Opens an address of this machine's loopback or of the lab in a headless Chromium, for as long as `work` takes. The
 * browser talks to no other address and knows no proxy. Root on Debian gets Chromium installed where it is missing;
 * anyone else an error that says so.
 */
export async function inBrowser<T>(url: string, work: (page: Page) => Promise<T>): Promise<T> {
  const place = placeOf(url);
  if (!place) throw new Error(`${url} is neither on loopback nor in the lab: no browser goes there`);
  if (place === "lab") await assertLabRoute(new URL(url).hostname);

  const browser = await chromium.launch({
    executablePath: await chromiumProgram(),
    // Chromium's own sandbox doesn't start as root.
    chromiumSandbox: process.getuid?.() !== 0,
    args: [
      "--no-proxy-server",
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE 10.77.0.*",
    ],
  });
  try {
    const context = await browser.newContext({ locale: "en-GB", viewport: { width: 900, height: 900 } });
    await context.route("**/*", (route) =>
      placeOf(route.request().url()) ? route.continue() : route.abort(),
    );
    const page = await context.newPage();
    await page.goto(url);
    return await work(page);
  } finally {
    await browser.close();
  }
}

/** Fills in the fields that bear these labels, and presses the button. Ends when the next page is there. */
export async function submitForm(page: Page, values: Record<string, string>, button: string): Promise<void> {
  for (const [label, value] of Object.entries(values))
    await page.getByLabel(label, { exact: true }).fill(value);
  await Promise.all([
    page.waitForEvent("load"),
    page.getByRole("button", { name: button, exact: true }).click(),
  ]);
}

/** Leaves a picture of the whole page as `<name>.png`; gives its path. */
export async function takePicture(page: Page, name: string): Promise<string> {
  await mkdir(pictures, { recursive: true });
  const path = join(pictures, `${name}.png`);
  await page.screenshot({ path, fullPage: true });
  return path;
}

/** Where an address is, by its number: names could mean anything. Undefined: somewhere else. */
export function placeOf(url: string): "loopback" | "lab" | undefined {
  const { protocol, hostname } = new URL(url);
  if (!/^https?:$/.test(protocol)) return undefined;
  if (hostname === "127.0.0.1") return "loopback";
  return /^10\.77\.0\.\d+$/.test(hostname) ? "lab" : undefined;
}

async function chromiumProgram(): Promise<string> {
  if (!hasProgram("chromium")) {
    if (!isDebianRoot()) throw new Error("headless Chromium is missing: apt-get install chromium");
    await installPackages({ chromium: "chromium" });
  }
  return (await run("sh", ["-c", "command -v chromium"])).stdout.trim();
}

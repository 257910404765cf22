/** Phases that `step` has measured, in order, for the summary at the end of a run. */
export const phases: { title: string; seconds: number }[] = [];

/**
 * Runs one phase of a longer work. Prints its title when it takes more than two seconds, then a line at each
 * `note` and every 30 s, and the time that it took. Everything goes to standard error: standard output is for results.
 */
export async function step<T>(title: string, work: (note: (text: string) => void) => Promise<T>): Promise<T> {
  const started = Date.now();
  const seconds = () => (Date.now() - started) / 1000;
  let shown = false;
  let last = "";
  const show = (text: string) => process.stderr.write(`${text}\n`);
  const open = setTimeout(() => {
    shown = true;
    show(`▸ ${title} …${last ? ` (${last})` : ""}`);
  }, 2000);
  const alive = setInterval(
    () => show(`  ${title}: ${seconds().toFixed(0)} s${last ? `, ${last}` : ""}`),
    30_000,
  );
  try {
    return await work((text) => {
      last = text;
      if (shown) show(`  ${text}`);
    });
  } finally {
    clearTimeout(open);
    clearInterval(alive);
    phases.push({ title, seconds: seconds() });
    if (shown) show(`  ${title}: done after ${seconds().toFixed(1)} s`);
  }
}

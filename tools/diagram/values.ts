/** Text, and nothing else: numbers and groups are not names. */
export const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** Order of names in which host10 comes after host9. */
const collator = new Intl.Collator("en", { numeric: true });
export const byName = (a: string, b: string): number => collator.compare(a, b);

/** Host and port of a URL; undefined when it is none. */
export function hostAndPort(url: string): { host: string; port?: number } | undefined {
  try {
    const { hostname, port, protocol } = new URL(url);
    const usual: Record<string, number> = { "http:": 80, "https:": 443 };
    return { host: hostname.replace(/^\[|\]$/g, ""), port: port ? Number(port) : usual[protocol] };
  } catch {
    return undefined;
  }
}

/** A URL without what lets someone in: user, password and query. */
export const plainUrl = (url: string): string =>
  url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, "$1").replace(/[?#].*$/, "");

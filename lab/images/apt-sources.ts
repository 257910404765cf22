import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Where a machine gets its Debian packages from. */
export interface Mirror {
  /** Base address of the archive. */
  archive: string;
  /** Base address of the security updates. */
  security: string;
}

interface Source {
  uri: string;
  suite: string;
  components: string[];
}

/** The mirror that this machine uses; undefined where it isn't Debian or has no source for its own release. */
export function machineMirror(): Mirror | undefined {
  const release = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
  const codename = /^VERSION_CODENAME="?(\w+)/m.exec(release)?.[1];
  if (!/^ID="?debian"?$/m.test(release) || !codename) return undefined;
  return findMirror(sourceTexts(), codename);
}

/** The texts of all apt source files, `.list` and `.sources`. */
function sourceTexts(): string[] {
  const folder = "/etc/apt/sources.list.d";
  const files = [
    "/etc/apt/sources.list",
    ...(existsSync(folder)
      ? readdirSync(folder)
          .sort()
          .map((name) => join(folder, name))
      : []),
  ];
  return files
    .filter((file) => /\.(list|sources)$/.test(file) && existsSync(file))
    .map((file) => readFileSync(file, "utf8"));
}

/** Looks for the sources of a release's main component in apt source files of either format. */
export function findMirror(texts: string[], codename: string): Mirror | undefined {
  const sources = texts.flatMap((text) => [...oneLineSources(text), ...deb822Sources(text)]);
  const find = (suite: string) =>
    sources
      .find((source) => source.suite === suite && source.components.includes("main"))
      ?.uri.replace(/\/+$/, "");
  const archive = find(codename);
  const security = find(`${codename}-security`);
  return archive && security ? { archive, security } : undefined;
}

/** `deb [options] URI SUITE COMPONENT…` */
function oneLineSources(text: string): Source[] {
  return [...text.matchAll(/^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+(.+)$/gm)].map(
    ([, uri, suite, rest]) => ({
      uri: uri as string,
      suite: suite as string,
      components: (rest as string).split(/\s+/),
    }),
  );
}

/** Paragraphs of `Field: value` lines. */
function deb822Sources(text: string): Source[] {
  const paragraphs = text.replace(/^#.*\n/gm, "").split(/\n\s*\n/);
  return paragraphs.flatMap((paragraph) => {
    const field = (name: string) =>
      (new RegExp(`^${name}:(.*)$`, "mi").exec(paragraph)?.[1] ?? "").split(/\s+/).filter(Boolean);
    if (!field("Types").includes("deb") || field("Enabled")[0] === "no") return [];
    return field("URIs").flatMap((uri) =>
      field("Suites").map((suite) => ({ uri, suite, components: field("Components") })),
    );
  });
}

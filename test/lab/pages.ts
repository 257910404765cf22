import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quote } from "../../components/hosts/shell";
import { opensshOptions } from "../../components/hosts/ssh";
import { assertLabRoute } from "../../lab/hosts";
import { projectRoot } from "../../lab/paths";
import { run } from "../../lab/run";
import { labKeyFile, readLabHosts } from "../../lab/stack-file";

/** The commands that a page of docs/ has below a heading: its blocks of `sh` up to the next heading, in their order. */
export async function commandsOf(page: string, heading: string): Promise<string[]> {
  const text = await readFile(join(projectRoot, "docs", page), "utf8");
  const [, section] = text.split(`\n## ${heading}\n`);
  if (section === undefined) throw new Error(`docs/${page} has no heading "${heading}"`);
  const blocks = [...(section.split("\n## ")[0] ?? "").matchAll(/^( *)```sh\n([^]*?)^ *```$/gm)];
  return blocks.map(([, indent = "", block = ""]) => block.replaceAll(new RegExp(`^${indent}`, "gm"), ""));
}

/**
 * Types commands of a page as the operator would, in a directory that is gone afterwards; `ssh root@NAME` leads to that
 * host of the lab. Gives what they printed; the first that fails ends it.
 * @param words what stands in the page for something of one's own, and what it is here
 */
export async function typeIn(commands: string, words: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "farmstack-operator-"));
  try {
    const hosts = await readLabHosts();
    for (const { address } of hosts) await assertLabRoute(address);
    const cases = hosts.map(({ name, address, hostKey }) => {
      const options = opensshOptions({ user: "root", port: 22, privateKeyFile: labKeyFile }, hostKey);
      return `root@${name}) shift; exec /usr/bin/env -u PATH_BEFORE PATH="$PATH_BEFORE" ssh ${options.map(quote).join(" ")} root@${address} "$@" ;;`;
    });
    const ssh = join(folder, "ssh");
    await writeFile(ssh, `#!/bin/sh\ncase $1 in\n${cases.join("\n")}\nesac\necho "no host $1" >&2; exit 1\n`);
    await chmod(ssh, 0o700);
    const script = Object.entries(words).reduce(
      (text, [word, here]) => text.replaceAll(word, here),
      commands,
    );
    const PATH = process.env.PATH ?? "";
    const env = { ...process.env, PATH: `${folder}:${PATH}`, PATH_BEFORE: PATH };
    return (await run("bash", ["-euo", "pipefail", "-c", script], { cwd: folder, env, timeout: 120_000 }))
      .stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}

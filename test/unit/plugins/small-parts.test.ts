import { expect, test } from "vitest";
import { fingerprint, hostKeyAlgorithms, parseHostKey } from "../../../lab/plugins/command/host-key";
import { runLocally } from "../../../lab/plugins/command/local";
import { byLine } from "../../../lab/plugins/command/logging";
import { context } from "./context";

const key = "AAAAC3NzaC1lZDI1NTE5AAAAIE8hyaIuUNWkbTdLqMBQeQXWBXhMZZa3dQlyCzBBLTcY";

test("a host key is read from the forms in which it is shown", () => {
  for (const line of [
    `ssh-ed25519 ${key}`,
    `ssh-ed25519 ${key} root@host1\n`,
    `10.77.0.11 ssh-ed25519 ${key}`,
  ])
    expect(parseHostKey(line)).toEqual({ type: "ssh-ed25519", blob: Buffer.from(key, "base64") });
  for (const line of ["", "ssh-ed25519", `ssh-rsa ${key}`, "ssh-ed25519 AAAA"])
    expect(parseHostKey(line)).toBeUndefined();
});

test("a fingerprint is written as OpenSSH does", () => {
  expect(fingerprint(Buffer.from(key, "base64"))).toBe("SHA256:ZoNUIG0Ev+cfcv39XTCDfxVYfOs/3Ji7huQb/1FYrzw"); // by ssh-keygen -l
});

test("the server is asked for the expected key first", () => {
  expect(hostKeyAlgorithms("ecdsa-sha2-nistp256")[0]).toBe("ecdsa-sha2-nistp256");
  expect(hostKeyAlgorithms("ssh-rsa").slice(0, 2)).toEqual(["rsa-sha2-512", "rsa-sha2-256"]);
});

test("lines are given when they are whole, the rest at the end", () => {
  const lines: string[] = [];
  const sink = byLine((line) => lines.push(line));
  for (const piece of ["a", "b\nc", "\n\nlast"]) sink.write(piece);
  expect(lines).toEqual(["ab", "c", ""]);
  sink.end();
  expect(lines).toEqual(["ab", "c", "", "last"]);
});

const local = (script: string, inputs: object = {}, previous = { stdout: "", stderr: "" }) =>
  runLocally({ operation: "create", script, inputs, previous, context: context() });

test("a local command gets stdin, environment, directory and what it printed before", async () => {
  const { stdout } = await local(
    'cat; echo "$A $PULUMI_COMMAND_STDOUT"; pwd',
    { stdin: "in\n", environment: { A: "b" }, dir: "/" },
    { stdout: "before", stderr: "" },
  );
  expect(stdout).toBe("in\nb before\n/\n");
  const without = await local(
    "echo $PULUMI_COMMAND_STDOUT",
    { addPreviousOutputInEnv: false },
    { stdout: "before", stderr: "" },
  );
  expect(without.stdout).toBe("\n");
});

test("a local command's failure shows status, script and output", async () => {
  await expect(local("echo seen; exit 3", { stdin: "hidden" })).rejects.toThrow(
    'exit status 3: running "echo seen; exit 3":\nseen\n',
  );
});

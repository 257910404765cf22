import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Case, type Failing, type Look, quietText } from "./case";
import { commandCases, commandFailing } from "./command";
import { type Declared } from "./declared";
import { dockerBase, dockerCases, dockerFailing, dockerFailingBase } from "./docker";
import { clean, printedBy, remains } from "./on-host";
import { declared, diagnostics, expectLook, showsNoSecret } from "./look";
import { labPlace } from "./place";
import { randomCases, randomFailing } from "./random";
import { tlsBase, tlsCases, tlsFailing } from "./tls";
import { ContractStack, type Kept, type Operation } from "./stack";

/**
 * What the stack relies on in the plugins of random, tls, command and docker, whichever are installed: the official ones or the
 * lab's own. All cases go through the same few runs of the engine.
 */
describe("contract of the provider plugins", async () => {
  const { host, place } = await labPlace();
  const cases: Case[] = [...randomCases, ...tlsCases, ...commandCases(place), ...dockerCases(place)];
  const failing: Failing[] = [
    ...randomFailing,
    ...tlsFailing,
    ...commandFailing(place),
    ...dockerFailing(place),
  ];
  const first = [...tlsBase, ...dockerBase(place), ...cases.map(declared)];
  const second = [
    ...tlsBase,
    ...dockerBase(place),
    ...cases.map((one) => ({ ...declared(one), props: { ...one.props, ...one.changed } })),
  ];
  const atFault = [...dockerFailingBase(place), ...failing.filter(({ refused }) => !refused).map(declared)];

  let folder: string;
  let stack: ContractStack;
  let broken: ContractStack;

  beforeAll(async () => {
    await clean(host, place.image.otherTag);
    folder = await mkdtemp(join(tmpdir(), "farmstack-contract-"));
    stack = await ContractStack.open(folder, "cases");
    broken = await ContractStack.open(folder, "failing");
  });

  afterAll(async () => {
    // After a failure: what stands in the way of a destroy is cleaned from the host itself.
    await broken.run("destroy", "--yes", "--skip-preview");
    await stack.run("destroy", "--yes", "--skip-preview");
    await clean(host, place.image.otherTag);
    await rm(folder, { recursive: true });
  });

  /** What the commands of all looks print, by the name of the resource. */
  async function seen(lookOf: (one: Case) => Look | undefined): Promise<Record<string, string>> {
    const looking = cases.filter((one) => lookOf(one)?.host);
    const commands = looking.map((one) => lookOf(one)?.host?.[0] ?? ":");
    const printed = await printedBy(host, commands);
    return Object.fromEntries(looking.map(({ name }, index) => [name, printed[index] ?? ""]));
  }

  let before: Record<string, Kept>; // the resources as they were first made

  describe("made", () => {
    let printed: Record<string, string>;

    beforeAll(async () => {
      await stack.declare(first);
      const output = await stack.must("up", "--yes", "--skip-preview");
      expect(output).not.toContain(quietText.toUpperCase());
      before = await stack.resources();
      printed = await seen(({ made }) => made);
    });

    it.each(cases.filter(({ made }) => made))("$shows", ({ name, made }) => {
      expectLook(made, before[name], printed[name]);
    });

    it("has no secret in the state, nor in what was printed", () => showsNoSecret(stack));

    it("has nothing left to do", () => stack.must("up", "--yes", "--skip-preview", "--expect-no-changes"));

    it("is found as it was left", () =>
      stack.must("refresh", "--yes", "--skip-preview", "--expect-no-changes"));
  });

  describe("planned", () => {
    let plan: Record<string, Operation>;

    beforeAll(async () => {
      await printedBy(
        host,
        cases.map(({ drift }) => drift ?? ":"),
      );
      await stack.must("refresh", "--yes", "--skip-preview");
      await stack.declare(second);
      plan = await stack.plan();
    });

    it.each(cases)("$plan — $shows", ({ name, plan: expected }) => {
      expect(plan[name] ?? "same").toBe(expected);
    });
  });

  describe("changed", () => {
    let after: Record<string, Kept>;
    let printed: Record<string, string>;

    beforeAll(async () => {
      await stack.must("up", "--yes", "--skip-preview");
      after = await stack.resources();
      printed = await seen(({ changedLook }) => changedLook);
    });

    it.each(cases)("$shows", ({ name, class: of, plan: operation, changedLook }) => {
      expectLook(changedLook, after[name], printed[name]);
      const identity = identityOf(of);
      const isAnother = identity(before[name]) !== identity(after[name]);
      if (of !== "docker.Volume") expect(isAnother).toBe(["replace", "create"].includes(operation));
    });

    it("has no secret in the state, nor in what was printed", () => showsNoSecret(stack));

    it("has nothing left to do", () => stack.must("up", "--yes", "--skip-preview", "--expect-no-changes"));
  });

  describe("impossible", () => {
    let output: string;

    beforeAll(async () => {
      await broken.declare(atFault);
      const { code, stdout, stderr } = await broken.run(
        "up",
        "--yes",
        "--skip-preview",
        "--continue-on-error",
      );
      expect(code).not.toBe(0);
      output = stdout + stderr;
    });

    it.each(failing.filter(({ refused }) => refused))("$shows", async (one) => {
      await broken.declare([...dockerFailingBase(place), declared(one)]);
      const { code, stdout } = await broken.run("preview");
      expect(code).not.toBe(0);
      expect(diagnostics(stdout, one.name), stdout).toMatch(one.fails);
    });

    it.each(failing.filter(({ refused }) => !refused))("$shows", async ({ name, fails, after }) => {
      expect(diagnostics(output, name), output).toMatch(fails);
      if (after) expect(await printedBy(host, [after[0]])).toEqual([after[1]]);
    });

    it("has no secret in the state, nor in what was printed", () => showsNoSecret(broken));
  });

  describe("deleted", () => {
    let printed: Record<string, string>;

    beforeAll(async () => {
      await broken.must("destroy", "--yes", "--skip-preview");
      await stack.must("destroy", "--yes", "--skip-preview");
      expect(await remains(host)).toEqual(["contract-volume-of-one"]); // no resource of any stack
      printed = await seen(({ deleted }) => deleted);
    });

    it.each(cases.filter(({ deleted }) => deleted))("$shows", ({ name, deleted }) => {
      expectLook(deleted, undefined, printed[name]);
    });
  });
});

/** What differs between two resources of a class. (Volumes are known by their names only.) */
function identityOf(of: Declared["class"]): (kept: Kept | undefined) => unknown {
  if (of === "random.RandomBytes") return (kept) => kept?.outputs.hex;
  if (of === "random.RandomPassword") return (kept) => kept?.outputs.result;
  return (kept) => kept?.id;
}

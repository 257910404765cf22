import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type ControlPlane, startControlPlane } from "../../lab/kubernetes/loopback";
import { run } from "../../lab/run";
import { type Look, secretTexts } from "./case";
import { kubernetesBase, kubernetesCases, kubernetesFailing, namespace } from "./kubernetes";
import { declared, diagnostics, expectLook, showsNoSecret } from "./look";
import { ContractStack, type Kept, type Operation } from "./stack";

/**
 * What the stack relies on in the plugin of kubernetes, whichever is installed, on an API server of its own on loopback:
 * it has controllers and no node. All cases go through the same few runs of the engine.
 */
describe("contract of the kubernetes plugin", () => {
  let plane: ControlPlane;
  let folder: string;
  let stack: ContractStack;
  let broken: ContractStack;
  let before: Record<string, Kept>;
  // The kubeconfig is there only when the tests run, so the names of the cases are taken from these.
  const titles = kubernetesCases("").map(({ name, shows, plan }) => ({ name, shows, plan }));
  const cases = () => kubernetesCases(plane.kubeconfig);
  const theCase = (name: string) => cases().find((one) => one.name === name)!;

  beforeAll(async () => {
    plane = await startControlPlane();
    folder = await mkdtemp(join(tmpdir(), "farmstack-contract-"));
    stack = await ContractStack.open(folder, "kubernetes");
    broken = await ContractStack.open(folder, "kubernetes-failing");
  });

  afterAll(async () => {
    await plane.stop();
    await rm(folder, { recursive: true });
  });

  /** What a shell command with kubectl prints. */
  async function printed(command: string): Promise<string> {
    const env = {
      ...process.env,
      KUBECONFIG: plane.kubeconfigFile,
      KUBECACHEDIR: join(folder, "kubectl"),
      PATH: [plane.programs, process.env.PATH].join(delimiter),
    };
    const { stdout, stderr } = await run("sh", ["-c", command], { env, allow: [0, 1] });
    return (stdout + stderr).trim();
  }

  const seen = async (look: Look | undefined) => look?.host && (await printed(look.host[0]));

  const nothingLeft = () => stack.must("up", "--yes", "--skip-preview", "--expect-no-changes");

  describe("made", () => {
    beforeAll(async () => {
      await stack.declare([...kubernetesBase(plane.kubeconfig), ...cases().map(declared)]);
      await stack.must("up", "--yes", "--skip-preview");
      before = await stack.resources();
    });

    it.each(titles)("$shows", async ({ name }) => {
      const { made } = theCase(name);
      expectLook(made, before[name], await seen(made));
    });

    it("has no secret in the state, nor in what was printed", async () => {
      await showsNoSecret(stack);
      const encoded = Buffer.from(secretTexts.before).toString("base64");
      const { token } = parse(plane.kubeconfig).users[0].user as { token: string };
      for (const text of [await stack.stateText(), stack.printed])
        for (const secret of [encoded, token]) expect(text.includes(secret)).toBe(false);
    });

    it("has nothing left to do", nothingLeft);

    it("is found as it was left", async () => {
      await stack.must("refresh", "--yes", "--skip-preview", "--expect-no-changes");
      await nothingLeft();
    });
  });

  describe("planned", () => {
    let plan: Record<string, Operation>;

    beforeAll(async () => {
      for (const { drift } of cases()) if (drift) await printed(drift);
      await stack.must("refresh", "--yes", "--skip-preview");
      const changed = cases().map((one) => ({ ...declared(one), props: { ...one.props, ...one.changed } }));
      await stack.declare([...kubernetesBase(plane.kubeconfig), ...changed]);
      plan = await stack.plan();
    });

    it.each(titles)("$plan — $shows", ({ name, plan: expected }) => {
      expect(plan[name] ?? "same").toBe(expected);
    });
  });

  describe("changed", () => {
    let after: Record<string, Kept>;

    beforeAll(async () => {
      await stack.must("up", "--yes", "--skip-preview");
      after = await stack.resources();
    });

    it.each(titles)("$shows", async ({ name, plan }) => {
      const { changedLook } = theCase(name);
      expectLook(changedLook, after[name], await seen(changedLook));
      const isAnother = identity(before[name]) !== identity(after[name]);
      expect(isAnother).toBe(["replace", "create"].includes(plan));
    });

    it("has no secret in the state, nor in what was printed", () => showsNoSecret(stack));

    it("has nothing left to do", nothingLeft);
  });

  describe("impossible", () => {
    let output: string;

    beforeAll(async () => {
      const possible = kubernetesFailing.filter(({ refused }) => !refused).map(declared);
      await broken.declare([...kubernetesBase(plane.kubeconfig).slice(0, 1), ...possible]);
      const result = await broken.run("up", "--yes", "--skip-preview", "--continue-on-error");
      expect(result.code).not.toBe(0);
      output = result.stdout + result.stderr;
    });

    it.each(kubernetesFailing)("$shows", async ({ refused, fails, after, ...one }) => {
      if (refused) {
        await broken.declare([...kubernetesBase(plane.kubeconfig).slice(0, 1), declared(one)]);
        const { code, stdout } = await broken.run("preview");
        expect(code).not.toBe(0);
        output = stdout;
      }
      expect(diagnostics(output, one.name), output).toMatch(fails);
      if (after) expect(await printed(after[0])).toEqual(after[1]);
    });
  });

  describe("unhealthy", () => {
    it("is still said to be so by a refresh, and tried again", async () => {
      const waiting = kubernetesFailing.filter(({ name }) => name === "waiting").map(declared);
      await broken.declare([...kubernetesBase(plane.kubeconfig).slice(0, 1), ...waiting]);
      expect(await broken.must("refresh", "--yes", "--skip-preview")).toMatch(/no nodes available/);
      expect((await broken.plan()).waiting).toBe("update");
    });
  });

  describe("without its API server", () => {
    const nowhere = () =>
      kubernetesBase(plane.kubeconfig.replace(/https:\/\/127.0.0.1:\d+/, "https://127.0.0.1:1"));

    it("can be planned", async () => {
      await broken.declare([...nowhere(), ...cases().map(declared)]);
      const plan = await broken.plan();
      expect(plan.given).toBe("create");
      expect(plan.box).toBe("create");
    });
  });

  describe("deleted", () => {
    beforeAll(async () => {
      await broken.declare(kubernetesBase(plane.kubeconfig).slice(0, 1));
      await broken.must("destroy", "--yes", "--skip-preview");
      await stack.must("destroy", "--yes", "--skip-preview");
    });

    it("leaves nothing", async () => {
      expect(await printed(`kubectl get namespace ${namespace} --ignore-not-found -o name`)).toBe("");
      expect(await printed("kubectl get deploy,svc -A -o name")).toBe("service/kubernetes");
    });
  });
});

/** Objects are known by their uid, providers by their id. */
const identity = (kept: Kept | undefined) =>
  (kept?.outputs.metadata as { uid?: string } | undefined)?.uid ?? kept?.id;

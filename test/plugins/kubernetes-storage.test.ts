import * as pulumi from "@pulumi/pulumi";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ControlPlane, startControlPlane } from "../../lab/kubernetes/loopback";
import { exampleHost } from "../unit/components/examples";
import { allDeclared, startMocks, valueOf } from "../unit/mocks";
import { ContractStack } from "./stack";

interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
  spec?: any; // eslint-disable-line @typescript-eslint/no-explicit-any
}

/**
 * What components/kubernetes-storage declares, on a real API server of its own on loopback, with its controllers and no
 * node: taken with all its checks (Pod Security, names of fields, roles), and bound to claims.
 */
describe("storage of Kubernetes on an API server", () => {
  let plane: ControlPlane;
  let csi: Manifest[];
  let mounted: Manifest[];
  /** What goes into the claims of the directories, by claim. */
  const claimSpecs: Record<string, { storageClassName: string }> = {};

  beforeAll(async () => {
    await startMocks();
    const { Host } = await import("../../components/hosts");
    const { kubernetesProvider } = await import("../../components/kubernetes");
    const { KubernetesStorage } = await import("../../components/kubernetes-storage");
    plane = await startControlPlane();
    const provider = kubernetesProvider("k", {
      kubeconfig: pulumi.secret(plane.kubeconfig),
      endpoint: pulumi.output("https://127.0.0.1"),
    });
    new KubernetesStorage(
      "csi",
      {
        kind: "csi",
        fsid: "11111111-2222-4333-8444-555555555555",
        monitors: ["192.0.2.11"],
        cephConf: "[global]\n",
        client: { name: "kubernetes", keyring: pulumi.secret("[client.kubernetes]\n\tkey = AQAA\n") },
        filesystem: "cephfs",
        pool: "rbd",
        default: "cephfs",
        images: { overrides: {} },
      },
      { provider },
    );
    csi = await manifests();
    const host = new Host("a", exampleHost("192.0.2.11"));
    const storage = new KubernetesStorage(
      "mounted",
      { kind: "host-mount", mount: "/mnt/cephfs", host },
      { provider },
    );
    const owner = { user: 999, group: 999 };
    for (const claim of ["files", "data-db-0", "data-db-1"]) {
      const volume = storage.volume(claim, {
        namespace: "web",
        claim,
        sizeGiB: 1,
        access: claim === "files" ? "ReadWriteMany" : "ReadWriteOnce",
        owner,
      });
      claimSpecs[claim] = {
        ...volume.spec,
        storageClassName: await valueOf(volume.spec.storageClassName),
      };
    }
    mounted = (await manifests()).slice(csi.length);
  });

  afterAll(() => plane.stop());

  /** All objects that were declared so far, in their order. */
  const manifests = async () =>
    (await allDeclared())
      .filter(({ type }) => type.startsWith("kubernetes:"))
      .map(({ inputs }) => inputs as Manifest);

  const apply = (objects: object[], ...more: string[]) =>
    plane.kubectl(
      ["apply", "--server-side", "--validate=strict", "--filename", "-", ...more],
      objects.map((object) => JSON.stringify(object)).join("\n---\n"),
    );
  const dryRun = (objects: object[]) => apply(objects, "--dry-run=server");
  const field = (what: string, path: string) =>
    plane.kubectl(["--namespace", "web", "get", ...what.split(" "), "--output", `jsonpath=${path}`]);
  /** Waits until a field has a value. */
  const becomes = async (what: string, path: string, value: string) => {
    for (let looks = 0; looks < 100 && (await field(what, path)) !== value; looks++) await sleep(300);
    expect(await field(what, path)).toBe(value);
  };
  const claim = (name: string, spec: object) => ({
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name, namespace: "web" },
    spec,
  });

  describe("made by Pulumi", () => {
    let folder: string;
    let stack: ContractStack;
    const key = (text: string) => Buffer.from(text).toString("base64");
    const configure = (kind: string, secret = "first") =>
      stack.configure({ kind, kubeconfigFile: plane.kubeconfigFile, key: key(secret) });
    const staysAsItIs = async () => {
      await stack.must("refresh", "--yes", "--skip-preview", "--expect-no-changes");
      await stack.must("up", "--yes", "--skip-preview", "--expect-no-changes");
    };
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "farmstack-storage-"));
      stack = await ContractStack.open(folder, "storage", "storage-program");
    });
    afterAll(() => rm(folder, { recursive: true }));

    it("is ceph-csi, stays as it is, takes another key in place, and goes again", async () => {
      await configure("csi");
      await stack.must("up", "--yes", "--skip-preview");
      await staysAsItIs();
      await configure("csi", "second");
      const changes = Object.entries(await stack.plan()).filter(([, operation]) => operation !== "same");
      expect(changes).toEqual([["storage-client", "update"]]);
      await stack.must("up", "--yes", "--skip-preview");
      expect(await field("secret ceph-client --namespace ceph-csi", "{.data.userKey}")).toBe(
        Buffer.from(key("second")).toString("base64"),
      );
      await stack.must("destroy", "--yes", "--skip-preview");
    });

    it("is directories, bound to their claims, and stays as it is", async () => {
      await configure("host-mount");
      await stack.must("up", "--yes", "--skip-preview");
      const { outputs } = (await stack.resources()).files ?? {};
      expect(outputs).toMatchObject({ status: { phase: "Bound" }, spec: { volumeName: "default.files" } });
      await staysAsItIs();
      await stack.must("destroy", "--yes", "--skip-preview");
    });
  });

  describe("ceph-csi", () => {
    const find = (kind: string, name: string) =>
      csi.find((one) => one.kind === kind && one.metadata.name === name)!;

    it("is taken as it is, in a strict dry run and then really", async () => {
      const isNamespace = ({ kind }: Manifest) => kind === "Namespace";
      await apply(csi.filter(isNamespace));
      const rest = csi.filter((object) => !isNamespace(object));
      expect((await dryRun(rest)).trim().split("\n")).toHaveLength(rest.length);
      const printed = await apply(rest);
      expect(printed.trim().split("\n")).toHaveLength(rest.length);
      expect(printed).toContain("csidriver.storage.k8s.io/rbd.csi.ceph.com serverside-applied");
    });

    it("is refused with a field that there is not", async () => {
      const { spec, ...class_ } = find("StorageClass", "cephfs");
      await expect(dryRun([{ ...class_, ...spec, reclaimPolcy: "Retain" }])).rejects.toThrow("reclaimPolcy");
    });

    it.each(["cephfs-provisioner", "rbd-provisioner"])("has pods of %s that are admitted", async (name) => {
      const pods = () =>
        plane.kubectl([
          ...["--namespace", "ceph-csi", "get", "pods", "--output", "name"],
          ...["--selector", `app.kubernetes.io/component=${name}`],
        ]);
      for (let looks = 0; looks < 100 && (await pods()).trim().split("\n").length < 2; looks++)
        await sleep(300);
      expect((await pods()).trim().split("\n")).toHaveLength(2);
    });

    it.each(["cephfs-node", "rbd-node"])(
      "has a pod of %s that is admitted, with its priority",
      async (name) => {
        const { template } = find("DaemonSet", name).spec;
        const pod = {
          apiVersion: "v1",
          kind: "Pod",
          metadata: { ...template.metadata, name: "one", namespace: "ceph-csi" },
          spec: template.spec,
        };
        const taken = await apply([pod], "--dry-run=server", "--output", "jsonpath={.spec.priority}");
        expect(taken).toBe("2000001000");
      },
    );

    it.each([
      ["cephfs-provisioner", "create persistentvolumes", "yes"],
      ["cephfs-provisioner", "get secrets/ceph-client --namespace ceph-csi", "yes"],
      ["cephfs-provisioner", "get secrets/other --namespace ceph-csi", "no"],
      ["cephfs-provisioner", "get secrets/ceph-client --namespace default", "no"],
      ["cephfs-provisioner", "create leases.coordination.k8s.io --namespace ceph-csi", "yes"],
      ["cephfs-provisioner", "watch volumeattributesclasses.storage.k8s.io", "yes"],
      ["cephfs-provisioner", "patch volumeattachments.storage.k8s.io", "no"],
      ["rbd-provisioner", "patch volumeattachments.storage.k8s.io", "yes"],
      ["cephfs-node", "get nodes", "yes"],
      ["cephfs-node", "get secrets/ceph-client --namespace ceph-csi", "no"],
      ["rbd-node", "list volumeattachments.storage.k8s.io", "yes"],
    ])("lets %s %s: %s", async (account, what, answer) => {
      const as = `system:serviceaccount:ceph-csi:${account}`;
      const found = await plane.kubectl(["auth", "can-i", ...what.split(" "), "--as", as]).then(
        () => "yes",
        (error) => (/ ended with 1:/.test(String(error)) ? "no" : String(error)),
      );
      expect(found).toBe(answer);
    });

    it("gives its class to a claim that names none", async () => {
      await apply([{ apiVersion: "v1", kind: "Namespace", metadata: { name: "web" } }]);
      const resources = { requests: { storage: "1Gi" } };
      await apply([claim("none", { accessModes: ["ReadWriteMany"], resources })]);
      expect(await field("pvc none", "{.spec.storageClassName}")).toBe("cephfs");
      await becomes(
        "pvc none",
        "{.metadata.annotations.volume\\.kubernetes\\.io/storage-provisioner}",
        "cephfs.csi.ceph.com",
      );
      await plane.kubectl(["--namespace", "web", "delete", "pvc", "none"]);
    });
  });

  describe("directories", () => {
    beforeAll(async () => {
      await plane.kubectl(["delete", "storageclass", "cephfs"]);
    });

    it("are taken as they are, in a strict dry run and then really", async () => {
      expect((await dryRun(mounted)).trim().split("\n")).toHaveLength(4);
      expect((await apply(mounted)).trim().split("\n")).toHaveLength(4);
    });

    it("are bound to the one claim that each is for, whoever else asks", async () => {
      await apply([claim("greedy", claimSpecs["data-db-0"]!), claim("files", claimSpecs.files!)]);
      await becomes("pvc files", "{.status.phase} {.spec.volumeName}", "Bound web.files");
      expect(await field("pvc greedy", "{.status.phase}")).toBe("Pending");
    });

    it("are bound to the claims that a StatefulSet makes", async () => {
      const labels = { app: "db" };
      await apply([
        {
          apiVersion: "apps/v1",
          kind: "StatefulSet",
          metadata: { name: "db", namespace: "web" },
          spec: {
            serviceName: "db",
            replicas: 2,
            podManagementPolicy: "Parallel",
            selector: { matchLabels: labels },
            template: { metadata: { labels }, spec: { containers: [{ name: "main", image: "a:1" }] } },
            volumeClaimTemplates: [{ metadata: { name: "data" }, spec: claimSpecs["data-db-0"] }],
          },
        },
      ]);
      for (const member of [0, 1])
        await becomes(
          `pvc data-db-${member}`,
          "{.status.phase} {.spec.volumeName}",
          `Bound web.data-db-${member}`,
        );
    });

    it("stay when their claim goes, and are bound again as the docs say", async () => {
      await plane.kubectl(["--namespace", "web", "delete", "pvc", "files"]);
      await becomes("pv web.files", "{.status.phase}", "Released");
      await plane.kubectl([
        ...["patch", "pv", "web.files", "--type", "json"],
        ...["--patch", '[{"op":"remove","path":"/spec/claimRef/uid"}]'],
      ]);
      await apply([claim("files", claimSpecs.files!)]);
      await becomes("pvc files", "{.status.phase} {.spec.volumeName}", "Bound web.files");
    });

    it("are not changed by what the program says of them a second time", async () => {
      const before = await field("pv web.files", "{.metadata.resourceVersion}");
      await apply(mounted);
      expect(await field("pv web.files", "{.metadata.resourceVersion}")).toBe(before);
    });
  });
});

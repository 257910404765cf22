import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { type ClaimedVolume, type KubernetesStorage } from "../../../components/kubernetes-storage";
import { clusterConfig, keyIn } from "../../../components/kubernetes-storage/cluster-config";
import { directoryScript, volumeName } from "../../../components/kubernetes-storage/volume-directory";
import { type KubernetesAccess } from "../../../components/kubernetes";
import { dependencies, placesOf } from "./declared";
import { exampleHost } from "./examples";
import { shell } from "./shell";
import { allDeclared, find, noteOptions, startMocks, valueOf } from "../mocks";

const key = "AQAAAAAAAAAAEABLRVlLRVlLRVlLRVlLRVk=";
const token = "t0ken-of-the-administrator";
const kubeconfig = JSON.stringify({
  "current-context": "admin@k",
  contexts: [{ name: "admin@k", context: { cluster: "k", user: "admin" } }],
  clusters: [{ name: "k", cluster: { server: "https://192.0.2.20:8443" } }],
  users: [{ name: "admin", user: { token } }],
});
const access: KubernetesAccess = {
  kubeconfig: pulumi.secret(kubeconfig),
  endpoint: pulumi.output("https://192.0.2.20:8443"),
};
const kinds = {
  namespace: "kubernetes:core/v1:Namespace",
  configMap: "kubernetes:core/v1:ConfigMap",
  secret: "kubernetes:core/v1:Secret",
  deployment: "kubernetes:apps/v1:Deployment",
  daemonSet: "kubernetes:apps/v1:DaemonSet",
  budget: "kubernetes:policy/v1:PodDisruptionBudget",
  clusterRole: "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
  role: "kubernetes:rbac.authorization.k8s.io/v1:Role",
  binding: "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
  driver: "kubernetes:storage.k8s.io/v1:CSIDriver",
  storageClass: "kubernetes:storage.k8s.io/v1:StorageClass",
  volume: "kubernetes:core/v1:PersistentVolume",
};

describe("KubernetesStorage", () => {
  let csi: KubernetesStorage;
  let mounted: KubernetesStorage;
  const claimed: Record<string, ClaimedVolume> = {};

  beforeAll(async () => {
    await startMocks();
    const { Host } = await import("../../../components/hosts");
    const { kubernetesProvider } = await import("../../../components/kubernetes");
    const { KubernetesStorage } = await import("../../../components/kubernetes-storage");
    const provider = kubernetesProvider("k", access);
    const opts = { provider, transformations: [noteOptions] };
    csi = new KubernetesStorage(
      "s",
      {
        kind: "csi",
        fsid: "F",
        monitors: ["192.0.2.11", "2001:db8::1"],
        cephConf: "[global]\n",
        client: { name: "kubernetes", keyring: pulumi.secret(`[client.kubernetes]\n\tkey = ${key}\n`) },
        filesystem: "files",
        pool: "disks",
        default: "rbd",
        images: { mirror: "registry.example:5000", overrides: {} },
      },
      opts,
    );
    const host = new Host("a", exampleHost("192.0.2.11"));
    mounted = new KubernetesStorage("m", { kind: "host-mount", mount: "/mnt/files", host }, opts);
    const owner = { user: 999, group: 998 };
    const one = { namespace: "web", claim: "data-db-0", sizeGiB: 5, access: "ReadWriteOnce", owner } as const;
    claimed.csi = csi.volume("db-0", one);
    claimed.csiShared = csi.volume("shared", { ...one, access: "ReadWriteMany" });
    claimed.mounted = mounted.volume("db-0", one);
    await allDeclared();
  });

  const inputs = async (type: string, name: string) => (await find(type, name)).inputs;
  const podOf = async (type: string, name: string) => (await inputs(type, name)).spec.template.spec;

  it("has everything with its provider, below itself, and nothing twice", async () => {
    const objects = (await allDeclared()).filter(
      ({ type }) => type.startsWith("kubernetes:") || type === "pulumi:providers:kubernetes",
    );
    expect(
      objects
        .map(({ type, inputs: { metadata } }) => `${type.split(":").pop()} ${metadata?.name ?? ""}`)
        .sort(),
    ).toEqual(
      [
        "kubernetes ",
        "Namespace ceph-csi",
        "ConfigMap ceph-csi-config",
        "ConfigMap ceph-conf",
        "Secret ceph-client",
        ...["cephfs", "rbd"].flatMap((kind) => [
          `CSIDriver ${kind}.csi.ceph.com`,
          `ServiceAccount ${kind}-provisioner`,
          `ServiceAccount ${kind}-node`,
          `ClusterRole ceph-csi-${kind}-provisioner`,
          `ClusterRoleBinding ceph-csi-${kind}-provisioner`,
          `ClusterRole ceph-csi-${kind}-node`,
          `ClusterRoleBinding ceph-csi-${kind}-node`,
          `Role ${kind}-provisioner`,
          `RoleBinding ${kind}-provisioner`,
          `Deployment ${kind}-provisioner`,
          `PodDisruptionBudget ${kind}-provisioner`,
          `DaemonSet ${kind}-node`,
          `StorageClass ${kind}`,
        ]),
        "StorageClass cephfs", // of the directories
        "PersistentVolume web.data-db-0",
      ].sort(),
    );
    for (const { type, name, provider, opts } of objects) {
      if (type.startsWith("pulumi:")) continue;
      expect(provider, name).toContain("::k-objects::");
      expect([csi, mounted], name).toContain(opts.parent);
    }
  });

  it("tells ceph-csi where Ceph is, and gives it the key of its client alone", async () => {
    const { data } = await inputs(kinds.configMap, "s-cluster-config");
    expect(JSON.parse(data["config.json"])).toEqual([
      {
        clusterID: "F",
        monitors: ["192.0.2.11:6789", "[2001:db8::1]:6789"],
        cephFS: { subvolumeGroup: "csi" },
      },
    ]);
    expect((await inputs(kinds.configMap, "s-ceph-conf")).data).toEqual({
      "ceph.conf": "[global]\n",
      keyring: "",
    });
    expect((await inputs(kinds.secret, "s-client")).stringData).toEqual({
      userID: "kubernetes",
      userKey: key,
    });
  });

  it("keeps key and kubeconfig secret", async () => {
    expect((await find(kinds.secret, "s-client")).secrets).toEqual(["stringData"]);
    expect(await placesOf(key)).toEqual(["stringData"]);
    expect(await placesOf(token)).toEqual(["kubeconfig"]);
  });

  it("has a namespace whose pods may do what a node's has to", async () => {
    const { labels } = (await inputs(kinds.namespace, "s-namespace")).metadata;
    expect(labels).toEqual({
      "pod-security.kubernetes.io/enforce": "privileged",
      "pod-security.kubernetes.io/audit": "privileged",
      "pod-security.kubernetes.io/warn": "privileged",
    });
  });

  it("knows where block devices are attached, and takes it from the mirror", async () => {
    const attached = async (kind: string) => (await inputs(kinds.driver, `s-${kind}`)).spec.attachRequired;
    expect([await attached("cephfs"), await attached("rbd")]).toEqual([false, true]);
    const containers = async (kind: string) =>
      (await podOf(kinds.deployment, `s-${kind}-provisioner`)).containers.map(
        ({ name }: { name: string }) => name,
      );
    expect(await containers("cephfs")).toEqual(["driver", "provisioner", "resizer"]);
    expect(await containers("rbd")).toEqual(["driver", "provisioner", "resizer", "attacher"]);
    const { containers: all } = await podOf(kinds.deployment, "s-rbd-provisioner");
    for (const { image } of all)
      expect(image).toMatch(/^registry\.example:5000\/(quay\.io|registry\.k8s\.io)\/\S+:v\d/);
  });

  it("privileges the driver on the nodes and nothing else", async () => {
    for (const kind of ["cephfs", "rbd"]) {
      const node = await podOf(kinds.daemonSet, `s-${kind}-node`);
      const provisioner = await podOf(kinds.deployment, `s-${kind}-provisioner`);
      for (const container of [...node.containers, ...provisioner.containers])
        if (container.name === "driver" && container.args.includes("--nodeserver=true"))
          expect(container.securityContext).toEqual({ privileged: true });
        else
          expect(container.securityContext).toMatchObject({
            allowPrivilegeEscalation: false,
            capabilities: { drop: ["ALL"] },
            seccompProfile: { type: "RuntimeDefault" },
          });
      expect(provisioner.volumes.some((volume: object) => "hostPath" in volume)).toBe(false);
      expect(node.priorityClassName).toBe("system-node-critical");
      expect(provisioner.priorityClassName).toBe("system-cluster-critical");
      for (const { resources } of [...node.containers, ...provisioner.containers])
        expect(Object.keys(resources.limits)).toEqual(["memory"]);
    }
  });

  it("has each volume that its containers mount, and mounts each that it has", async () => {
    for (const [type, role] of [
      [kinds.daemonSet, "node"],
      [kinds.deployment, "provisioner"],
    ] as const)
      for (const kind of ["cephfs", "rbd"]) {
        const { containers, volumes } = await podOf(type, `s-${kind}-${role}`);
        const mounts = containers.flatMap((one: { volumeMounts: { name: string }[] }) =>
          one.volumeMounts.map(({ name }) => name),
        );
        expect(new Set(mounts)).toEqual(new Set(volumes.map(({ name }: { name: string }) => name)));
      }
  });

  it("lets a provisioner read no Secret but its own, and a node's pod none", async () => {
    const secretsIn = async (type: string, name: string) =>
      (await inputs(type, name)).rules.filter(({ resources }: { resources: string[] }) =>
        resources.includes("secrets"),
      );
    for (const kind of ["cephfs", "rbd"]) {
      for (const role of ["provisioner", "node"])
        expect(await secretsIn(kinds.clusterRole, `s-${kind}-${role}`)).toEqual([]);
      expect(await secretsIn(kinds.role, `s-${kind}-provisioner`)).toEqual([
        { apiGroups: [""], resources: ["secrets"], verbs: ["get"], resourceNames: ["ceph-client"] },
      ]);
    }
    expect((await inputs(kinds.binding, "s-rbd-node")).subjects).toEqual([
      { kind: "ServiceAccount", name: "rbd-node", namespace: "ceph-csi" },
    ]);
  });

  it("has two provisioners, of which one may go at a time", async () => {
    const { spec } = await inputs(kinds.deployment, "s-cephfs-provisioner");
    expect(spec.replicas).toBe(2);
    expect(spec.template.spec.topologySpreadConstraints[0].labelSelector).toEqual(spec.selector);
    expect((await inputs(kinds.budget, "s-cephfs-provisioner")).spec).toEqual({
      maxUnavailable: 1,
      selector: spec.selector,
      unhealthyPodEvictionPolicy: "AlwaysAllow",
    });
  });

  it("has classes whose volumes stay, once their drivers run", async () => {
    const files = await inputs(kinds.storageClass, "s-class-cephfs");
    const blocks = await inputs(kinds.storageClass, "s-class-rbd");
    for (const one of [files, blocks, await inputs(kinds.storageClass, "m-class-cephfs")])
      expect(one.reclaimPolicy).toBe("Retain");
    expect(files).toMatchObject({
      provisioner: "cephfs.csi.ceph.com",
      allowVolumeExpansion: true,
      metadata: { name: "cephfs" },
    });
    expect(files.parameters).toEqual({
      clusterID: "F",
      fsName: "files",
      "csi.storage.k8s.io/provisioner-secret-name": "ceph-client",
      "csi.storage.k8s.io/provisioner-secret-namespace": "ceph-csi",
      "csi.storage.k8s.io/controller-expand-secret-name": "ceph-client",
      "csi.storage.k8s.io/controller-expand-secret-namespace": "ceph-csi",
      "csi.storage.k8s.io/node-stage-secret-name": "ceph-client",
      "csi.storage.k8s.io/node-stage-secret-namespace": "ceph-csi",
    });
    expect(blocks.parameters).toMatchObject({ clusterID: "F", pool: "disks", imageFeatures: "layering" });
    expect(blocks.metadata.annotations).toEqual({ "storageclass.kubernetes.io/is-default-class": "true" });
    const { opts } = await find(kinds.storageClass, "s-class-rbd");
    expect(await dependencies(opts.dependsOn)).toEqual(["s-rbd-provisioner", "s-rbd-node"]);
    expect(opts.protect).toBe(true);
  });

  it("gives ceph-csi's claims a class by their access", async () => {
    const classOf = (volume: ClaimedVolume) => valueOf(volume.spec.storageClassName);
    expect(await classOf(claimed.csi!)).toBe("rbd");
    expect(await classOf(claimed.csiShared!)).toBe("cephfs");
    expect(claimed.csi!.volumeName).toBeUndefined();
    expect(claimed.csi!.spec).toMatchObject({
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "5Gi" } },
    });
  });

  it("makes a directory on the mount, and then its volume for the one claim", async () => {
    const { spec } = await inputs(kinds.volume, "db-0-volume");
    expect(spec).toEqual({
      storageClassName: "cephfs",
      capacity: { storage: "5Gi" },
      accessModes: ["ReadWriteOnce"],
      persistentVolumeReclaimPolicy: "Retain",
      hostPath: { path: "/mnt/files/volumes/web.data-db-0", type: "Directory" },
      claimRef: {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        namespace: "web",
        name: "data-db-0",
      },
    });
    const { opts } = await find(kinds.volume, "db-0-volume");
    expect(opts.protect).toBe(true);
    expect(await dependencies(opts.dependsOn)).toEqual(["a-volume-db-0"]);
    const { stdin } = await inputs("command:remote:Command", "a-volume-db-0");
    expect(stdin).toContain(
      directoryScript(
        "/mnt/files",
        "web.data-db-0",
        { user: 999, group: 998 },
        "ssh root@192.0.2.11 findmnt /mnt/files",
      ).trim(),
    );
    expect(await valueOf(claimed.mounted!.spec.storageClassName)).toBe("cephfs");
    expect(await valueOf(claimed.mounted!.volumeName!)).toBe("web.data-db-0");
  });

  it("says where volumes are", () => {
    expect(csi.classNames).toEqual(["cephfs", "rbd"]);
    expect(csi.description).toBe(
      "ceph-csi makes volumes when they are claimed: in the file system files (class cephfs), and as block devices in the pool disks (class rbd).",
    );
    expect(mounted.classNames).toEqual(["cephfs"]);
    expect(mounted.description).toContain("directories in /mnt/files/volumes");
  });

  it("has a provider for one context of one kubeconfig, which is of the same cluster at the same address", async () => {
    const provider = await find("pulumi:providers:kubernetes", "k-objects");
    expect(provider.inputs).toMatchObject({
      context: "admin@k",
      clusterIdentifier: "https://192.0.2.20:8443",
      enableServerSideApply: "true",
      enableConfigMapMutable: "true",
      enableSecretMutable: "true",
    });
    expect(provider.secrets).toEqual(["kubeconfig"]);
  });
});

describe("the texts for ceph-csi", () => {
  it("have the key of a keyring, and show nothing of one without", () => {
    expect(keyIn(`[client.x]\n\tkey = ${key}\n\tcaps mon = "allow r"\n`)).toBe(key);
    expect(() => keyIn("AQsecret")).toThrow(/^the keyring of the client of Kubernetes has no key$/);
  });

  it("are the same for the same cluster", () => {
    expect(clusterConfig("F", ["192.0.2.11"])).toBe(clusterConfig("F", ["192.0.2.11"]));
  });

  it("never name two claims alike", () => {
    expect(volumeName("a-b", "c")).not.toBe(volumeName("a", "b-c"));
    expect(() => volumeName("web", "../etc")).toThrow("../etc");
  });
});

describe("the script for a volume's directory", () => {
  const { folder, sh, fake, run } = shell();
  const owner = { user: 0, group: 0 };
  const make = () => sh(directoryScript(`${folder}/mnt`, "web.data", owner, "findmnt"));

  it("makes nothing where the mount is away, and says where to look", () => {
    fake("mountpoint", "exit 1");
    const { status, stderr } = make();
    expect(status).toBe(1);
    expect(stderr).toContain(
      `${folder}/mnt is not mounted, and the volume web.data must be in it. Look at: findmnt`,
    );
    expect(run("ls", [folder]).stdout).not.toContain("mnt");
  });

  it("makes it, gives it to its owner, and leaves what is in it", () => {
    fake("mountpoint", "exit 0");
    fake("chown", `echo "$@" >>${folder}/chown`);
    expect(make().status).toBe(0);
    const directory = `${folder}/mnt/volumes/web.data`;
    run("touch", [`${directory}/file`]);
    run("chmod", ["600", `${directory}/file`]);
    expect(make().stdout).toContain(`${directory}: there`);
    expect(run("stat", ["-c", "%a", directory, `${directory}/file`]).stdout).toBe("2770\n600\n");
    expect(run("cat", [`${folder}/chown`]).stdout).toBe(`0:0 ${directory}\n`.repeat(2));
  });
});

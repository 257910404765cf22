import { execFileSync } from "node:child_process";
import { mkdtempSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { HostLogShipper, KubernetesLogShipper } from "../../../components/log-shipper";
import { allDeclared, find, noteOptions, startMocks } from "../mocks";
import { dependencies, placesOf } from "./declared";
import { exampleHost } from "./examples";

const container = "docker:index/container:Container";
const password = "what only the writer knows";
const images = { mirror: "m:5000", overrides: { filebeat: "lab/filebeat:7.17.28" } };

let shipper: HostLogShipper;
let far: HostLogShipper;
let pods: KubernetesLogShipper;
let tooSmall: unknown;

beforeAll(async () => {
  await startMocks();
  const { Host } = await import("../../../components/hosts");
  const { Provider } = await import("@pulumi/kubernetes/provider");
  const { HostLogShipper, KubernetesLogShipper } = await import("../../../components/log-shipper");
  const opts = { transformations: [noteOptions] };
  const output = {
    kind: "elasticsearch" as const,
    urls: ["https://192.0.2.12:9200"],
    ca: pulumi.output("CERTIFICATE"),
    user: "writer",
    password: pulumi.secret(password),
  };
  const logstash = { kind: "logstash" as const, hosts: ["192.0.2.12:5044"], ca: "CERTIFICATE" };
  const example = exampleHost("192.0.2.11");
  const host = new Host("host1", { ...example, images }, opts);
  const sudo = new Host(
    "host2",
    {
      ...example,
      images,
      ssh: { user: "farm", port: 22 },
      engine: { ...example.engine, dataRoot: "/data/docker" },
    },
    opts,
  );
  shipper = new HostLogShipper(
    "log-shipper-host1",
    { host, output, dataStream: "logs-containers-test" },
    opts,
  );
  far = new HostLogShipper(
    "log-shipper-host2",
    {
      host: sudo,
      output: logstash,
      dataStream: "logs-containers-prod",
      stack: "prod",
      queueMiB: 64,
      memoryMiB: 512,
      exclude: ["noise"],
    },
    opts,
  );
  const provider = new Provider("cluster", { kubeconfig: "k" });
  pods = new KubernetesLogShipper(
    "log-shipper-pods",
    { images, output, dataStream: "logs-pods-test" },
    { provider, ...opts },
  );
  try {
    new HostLogShipper(
      "log-shipper-small",
      { host, output, dataStream: "logs-containers-test", queueMiB: 15 },
      opts,
    );
  } catch (error) {
    tooSmall = error;
  }
  await allDeclared();
});

const files = async (name: string) =>
  Object.fromEntries(
    ((await find(container, `${name}-container`)).inputs.uploads as Record<string, string>[]).map(
      (upload) => [upload.file, upload],
    ),
  ) as Record<string, { content: string; permissions: string }>;

describe("HostLogShipper", () => {
  it("is root's, with the engine's files to read and a directory of its own", async () => {
    const { inputs } = await find(container, "log-shipper-host1-container");
    expect(inputs).toMatchObject({
      user: "root",
      memory: 256,
      restart: "unless-stopped",
      networkMode: "host",
    });
    expect(inputs.volumes).toEqual([
      { hostPath: "/var/lib/docker/containers", containerPath: "/var/lib/docker/containers", readOnly: true },
      { hostPath: "/run/docker.sock", containerPath: "/run/docker.sock", readOnly: false },
      {
        hostPath: "/var/lib/farmstack/log-shipper",
        containerPath: "/usr/share/filebeat/data",
        readOnly: false,
      },
    ]);
    expect(inputs.privileged).toBeUndefined();
  });

  it("finds the engine's files where they are on the host, and has them at one place", async () => {
    const { inputs } = await find(container, "log-shipper-host2-container");
    expect(inputs.volumes[0]).toMatchObject({
      hostPath: "/data/docker/containers",
      containerPath: "/var/lib/docker/containers",
    });
    expect(inputs.memory).toBe(512);
  });

  it("has its configuration for root alone, and the password nowhere else", async () => {
    expect(await files("log-shipper-host1")).toMatchObject({
      "/usr/share/filebeat/filebeat.yml": { permissions: "0600" },
      "/usr/share/filebeat/ca.crt": { permissions: "0444", content: "CERTIFICATE" },
    });
    expect(await placesOf(password)).toEqual(["stringData", "uploads"]);
    const { inputs } = await find(container, "log-shipper-host1-container");
    expect(inputs.envs).toBeUndefined();
    expect(JSON.stringify([inputs.entrypoints, inputs.command])).not.toContain(password);
  });

  it("says whose the lines are, and leaves its own out", async () => {
    const text = (name: string) =>
      files(name).then((all) => all["/usr/share/filebeat/filebeat.yml"]?.content ?? "");
    expect(parse(await text("log-shipper-host1"))).toMatchObject({ name: "host1" });
    expect(await text("log-shipper-host1")).toContain("stack: test");
    expect(await text("log-shipper-host2")).toContain("stack: prod");
    expect(await text("log-shipper-host2")).toContain("container.name: log-shipper-host2");
    expect(await text("log-shipper-host2")).toContain("container.name: noise");
  });

  it("starts when its directory is there, and waits for nothing else", async () => {
    const { opts } = await find("farmstack:container:Container", "log-shipper-host1");
    expect(await dependencies(opts.dependsOn)).toEqual(["host1-log-shipper-host1-directory"]);
    const { inputs } = await find(container, "log-shipper-host1-container");
    expect([inputs.wait, inputs.healthcheck]).toEqual([undefined, undefined]);
  });

  it("tells what to type", () => {
    expect(shipper.heldCommand).toBe("ssh root@192.0.2.11 du -sh /var/lib/farmstack/log-shipper/diskqueue");
    expect(far.heldCommand).toBe("ssh farm@192.0.2.11 sudo du -sh /var/lib/farmstack/log-shipper/diskqueue");
    expect(far.healthCommand).toBe("ssh farm@192.0.2.11 sudo docker logs --tail 50 log-shipper-host2");
  });

  it("refuses a queue that Filebeat would refuse", () => {
    expect(String(tooSmall)).toContain("log-shipper-small: a queue has at least 16 MiB, not 15");
  });

  it("has a directory into which only root may look, whatever it was before", async () => {
    const { directoryScript } = await import("../../../components/log-shipper/host");
    const directory = join(mkdtempSync(join(tmpdir(), "shipper-")), "a b", "queue");
    const script = directoryScript(directory).replace("chown root:root", "true");
    for (const mode of ["0700", "0755"]) {
      expect(execFileSync("sh", ["-eu"], { input: script, encoding: "utf8" })).toBe(`${directory}: there\n`);
      expect(statSync(directory).mode & 0o777).toBe(0o700);
      execFileSync("chmod", [mode, directory]);
    }
  });
});

describe("KubernetesLogShipper", () => {
  const kinds = {
    namespace: "kubernetes:core/v1:Namespace",
    secret: "kubernetes:core/v1:Secret",
    account: "kubernetes:core/v1:ServiceAccount",
    role: "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
    pods: "kubernetes:apps/v1:DaemonSet",
  };
  const daemonSet = () => find(kinds.pods, "log-shipper-pods-pods");
  const pod = async () => (await daemonSet()).inputs.spec.template;

  it("declares everything by the provider that it got", async () => {
    const objects = (await allDeclared()).filter(({ type }) => /^kubernetes:.*\//.test(type));
    expect(objects).toHaveLength(6);
    for (const { name, provider } of objects) expect(provider, name).toContain("::cluster::");
  });

  it("runs on every node, in a namespace that admits directories of the node", async () => {
    expect((await find(kinds.namespace, "log-shipper-pods-namespace")).inputs.metadata.labels).toMatchObject({
      "pod-security.kubernetes.io/enforce": "privileged",
    });
    const { spec } = await pod();
    expect(spec.tolerations).toEqual([{ operator: "Exists" }]);
    expect(spec.volumes.map(({ hostPath }: { hostPath?: { path: string } }) => hostPath?.path)).toEqual([
      undefined,
      "/var/log/pods",
      "/var/lib/farmstack/log-shipper-pods",
    ]);
  });

  it("may read logs, and nothing else that root may", async () => {
    const { spec } = await pod();
    expect(spec.containers[0]).toMatchObject({
      image: "m:5000/lab/filebeat:7.17.28",
      securityContext: {
        runAsUser: 0,
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
      },
      env: [{ name: "NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } }],
    });
    expect(spec.containers[0].volumeMounts[1]).toMatchObject({ mountPath: "/var/log/pods", readOnly: true });
    const { rules } = (await find(kinds.role, "log-shipper-pods-role")).inputs as {
      rules: { verbs: string[]; resources: string[] }[];
    };
    expect(new Set(rules.flatMap(({ verbs }) => verbs))).toEqual(new Set(["get", "list", "watch"]));
    expect(rules.flatMap(({ resources }) => resources)).not.toContain("secrets");
  });

  it("has its configuration in a Secret, a file that only root may read", async () => {
    const { inputs, secrets } = await find(kinds.secret, "log-shipper-pods-config");
    expect(secrets).toContain("stringData");
    expect(parse(inputs.stringData["filebeat.yml"])).toMatchObject({ name: "${NODE_NAME}" });
    expect(inputs.stringData["ca.crt"]).toBe("CERTIFICATE");
    const { spec } = await pod();
    expect(spec.volumes[0].secret).toEqual({ secretName: "log-shipper", defaultMode: 0o600 });
    const [config] = spec.containers[0].volumeMounts;
    expect(spec.containers[0].command.at(-1)).toBe(`${config.mountPath}/filebeat.yml`);
    expect(inputs.stringData["filebeat.yml"]).toContain(`- ${config.mountPath}/ca.crt`);
  });

  it("rolls its pods when what they are told changes", async () => {
    const { annotations } = (await pod()).metadata;
    expect(annotations["farmstack.config"]).toMatch(/^[0-9a-f]{64}$/);
    const { inputs, secrets } = await daemonSet();
    expect(secrets).toEqual([]);
    expect(inputs.spec.updateStrategy.rollingUpdate.maxUnavailable).toBe(1);
  });

  it("has its rights before it starts, and lives whatever becomes of the store", async () => {
    const { opts } = await daemonSet();
    expect((await dependencies(opts.dependsOn)).sort()).toEqual([
      "log-shipper-pods-namespace",
      "log-shipper-pods-role-binding",
    ]);
    const { containers } = (await pod()).spec;
    expect(containers[0].livenessProbe.httpGet).toEqual({ host: "127.0.0.1", port: 5066, path: "/" });
    expect(containers[0].readinessProbe).toBeUndefined();
  });

  it("tells what to type", () => {
    expect(pods.healthCommand).toBe("kubectl --namespace log-shipper get daemonset,pods --output wide");
    expect(pods.heldCommand).toContain("du -sh /usr/share/filebeat/data/diskqueue");
  });
});

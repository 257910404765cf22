import { describe, expect, it } from "vitest";
import { type Planned, unknown } from "../../../policy/planned";
import { dataOf } from "../../../policy/data";
import { rules } from "../../../policy/rules";
import { denyAll, deployment, digest, hostContainer, resource } from "./resources";

/** What all rules say of some resources: names of rules, and their messages. */
function verdicts(...resources: Planned[]): Record<string, string[]> {
  const said = rules.map(
    (rule) =>
      [
        rule.name,
        "check" in rule
          ? resources.flatMap((its) => rule.check(its))
          : rule.checkAll(resources).map(({ message }) => message),
      ] as const,
  );
  return Object.fromEntries(said.filter(([, messages]) => messages.length > 0));
}

const broken = (...resources: Planned[]) => Object.keys(verdicts(...resources));

const image = (name: string, stack?: string) =>
  resource("docker:index/remoteImage:RemoteImage", "a-image", { name }, { stack });

it("nothing is said of resources that keep to all rules", () => {
  const volume = resource("kubernetes:core/v1:PersistentVolume", "data", {}, { protect: true });
  expect(verdicts(hostContainer(), deployment(), denyAll(), volume)).toEqual({});
});

/** One violation for each rule, and what it says. */
const violations: [rule: string, resources: Planned[], message: string][] = [
  [
    "image-tag",
    [image(`quay.io/ceph/ceph:latest`, "dev")],
    "quay.io/ceph/ceph:latest is another image tomorrow",
  ],
  [
    "image-digest",
    [image("quay.io/ceph/ceph:v20.2.5")],
    "quay.io/ceph/ceph:v20.2.5 can be moved to other content",
  ],
  ["image-digest-known", [image("registry.k8s.io/pause:3.10.1")], "its digest is not in the catalog"],
  [
    "password",
    [hostContainer({ envs: ["ADMIN_PASSWORD=changeme"] })],
    "envs.ADMIN_PASSWORD is a password that everybody knows",
  ],
  [
    "host-secret",
    [hostContainer({ envs: ["API_TOKEN=k3jh4kj3h4"] })],
    "the variable API_TOKEN holds a secret",
  ],
  ["privilege", [hostContainer({ privileged: true })], "service has privileged"],
  [
    "protected-data",
    [resource("docker:index/volume:Volume", "data")],
    "it is not protected, and with it goes: the files",
  ],
  ["log-rotation", [hostContainer({ logOpts: { "max-size": "50m" } })], "logOpts has no max-file"],
  ["restart-policy", [hostContainer({ restart: "no" })], "it stays down after a crash"],
  [
    "pod-limits",
    [deployment({ resources: {} }), denyAll()],
    "container app has no requests.cpu, no requests.memory, no limits.memory",
  ],
  ["network-policy", [deployment()], "the namespace shop has pods and no NetworkPolicy"],
];

it.each(violations)("%s is broken by one resource, and says so", (rule, resources, message) => {
  const said = verdicts(...resources);
  expect(Object.keys(said)).toContain(rule);
  expect(said[rule]?.join("\n")).toContain(message);
});

it("every rule is among them", () => {
  expect(rules.map(({ name }) => name)).toEqual(violations.map(([rule]) => rule));
});

describe("images", () => {
  it("are told apart from ports and digests", () => {
    expect(broken(image("registry:5000/ceph"))).toContain("image-tag");
    expect(broken(image(`registry:5000/ceph${digest}`))).toEqual([]);
    expect(broken(image("registry:5000/ceph:1", "dev"))).toEqual([]);
  });

  it("of the catalog are known below a mirror", () => {
    expect(broken(image("mirror.example.com/farm/registry.k8s.io/pause:3.10.1"))).toEqual([
      "image-digest-known",
    ]);
    expect(broken(image("mirror.example.com/pause:3.10.1"))).toEqual(["image-digest"]);
  });

  it("of pods are looked at, those that prepare included, and those not known yet are not", () => {
    const pod = { initContainers: [{ name: "first", image: "first" }] };
    expect(verdicts(deployment({}, pod), denyAll())["image-tag"]).toEqual([
      "first is another image tomorrow: name a version or a digest",
    ]);
    expect(broken(hostContainer({ image: unknown }))).toEqual([]);
    expect(broken(hostContainer({ image: "nginx" }))).toEqual(["image-tag", "image-digest"]);
  });
});

describe("passwords", () => {
  const secret = (props: object) =>
    resource("kubernetes:core/v1:Secret", "secret", { metadata: { name: "secret" }, ...props });

  it.each([
    ["in a Secret", secret({ stringData: { password: "Password" } }), "stringData.password"],
    [
      "in base64",
      secret({ data: { "root-password": Buffer.from("root").toString("base64") } }),
      "data.root-password",
    ],
    ["that are empty", secret({ stringData: { USER_PWD: " " } }), "stringData.USER_PWD is empty"],
    [
      "in a variable of a pod",
      deployment({ env: [{ name: "MONGO_PASSWORD", value: "mongo" }] }),
      "spec.template.spec.containers[0].env[0].MONGO_PASSWORD",
    ],
    ["of a product", resource("x:y:Z", "z", { adminPassword: "Harbor12345" }), "adminPassword"],
  ])("%s are found", (_, its, message) => {
    expect(verdicts(its)["password"]?.join()).toContain(message);
  });

  it("are never shown", () => {
    expect(JSON.stringify(verdicts(secret({ stringData: { password: "Passw0rd" } })))).not.toContain(
      "Passw0rd",
    );
  });

  it("that are generated are long", () => {
    const generated = (length: unknown) =>
      resource("random:index/randomPassword:RandomPassword", "key", { length }, { stack: "dev" });
    expect(broken(generated(12))).toEqual(["password"]);
    expect(broken(generated(32), generated(unknown))).toEqual([]);
  });

  it("are not what names where one is", () => {
    expect(
      broken(secret({ stringData: { passwordFile: "root", tlsSecret: "admin", note: "admin" } })),
    ).toEqual([]);
    expect(broken(secret({ stringData: { password: unknown } }))).toEqual([]);
  });
});

describe("secrets of containers on hosts", () => {
  it.each([
    ["a URL with a password", { envs: ["URL=mongodb://user:hunter2@db"] }],
    ["a private key", { envs: ["KEY=-----BEGIN EC PRIVATE KEY-----"] }],
    ["an argument", { command: ["run", "--token=abc"] }],
    ["a key of Ceph as an argument", { command: ["AQBCs0ZnAAAAABAA3vUu0t8m0J1Vv4zFmE1cqA=="] }],
  ])("are found: %s", (_, props) => {
    expect(broken(hostContainer(props))).toEqual(["host-secret"]);
  });

  it("may be in files", () => {
    expect(
      broken(
        hostContainer({
          envs: ["DB_PASSWORD_FILE=/run/secrets/db", "SSL_KEY=/etc/key.pem", "SECRET=/run/x"],
        }),
      ),
    ).toEqual([]);
  });
});

describe("privileges", () => {
  it.each([
    ["host network", { networkMode: "host" }],
    ["host pid", { pidMode: "host" }],
    ["capability NET_ADMIN", { capabilities: { adds: ["NET_ADMIN"] } }],
    ["without seccomp", { securityOpts: ["seccomp=unconfined"] }],
    ["device /dev/sda", { devices: [{ hostPath: "/dev/sda" }] }],
    ["host path /var/run/docker.sock", { volumes: [{ hostPath: "/var/run/docker.sock" }] }],
    ["host path /", { mounts: [{ source: "/", target: "/host" }] }],
  ])("of a container on a host: %s", (privilege, props) => {
    expect(verdicts(hostContainer(props))["privilege"]?.[0]).toMatch(`service has ${privilege}:`);
  });

  it.each([
    ["host ipc", {}, { hostIPC: true }],
    ["host path /etc", {}, { volumes: [{ name: "etc", hostPath: { path: "/etc" } }] }],
    ["privileged container app", { securityContext: { privileged: true } }, {}],
    [
      "capability SYS_ADMIN of container app",
      { securityContext: { capabilities: { add: ["SYS_ADMIN"] } } },
      {},
    ],
  ])("of a pod: %s", (privilege, container, pod) => {
    expect(verdicts(deployment(container, pod), denyAll())["privilege"]?.[0]).toMatch(
      `app has ${privilege}:`,
    );
  });

  it("are allowed where they have a reason, and no further", () => {
    const osd = (props: object) => hostContainer({ networkMode: "host", ...props }, "ceph-osd-a-disk");
    expect(broken(osd({ devices: [{ hostPath: "/dev/disk/by-id/ata-A" }] }))).toEqual([]);
    expect(verdicts(osd({ capabilities: { adds: ["SYS_ADMIN"] } }))["privilege"]?.[0]).toContain(
      "capability SYS_ADMIN",
    );
    expect(broken(hostContainer({ networkMode: "host" }, "my-ceph-osd-a"))).toEqual(["privilege"]);
  });

  it("are none where a container has less than any other", () => {
    const with_ = (...adds: string[]) => hostContainer({ capabilities: { drops: ["ALL"], adds } });
    expect(broken(with_("CHOWN", "SETGID", "SETUID", "DAC_OVERRIDE", "NET_BIND_SERVICE"))).toEqual([]);
    expect(broken(with_("CAP_CHOWN"))).toEqual([]);
    expect(broken(with_("CHOWN", "SYS_PTRACE"))).toEqual(["privilege"]);
  });

  it("of a namespace's pods", () => {
    const namespace = (name: string) =>
      resource(
        "kubernetes:core/v1:Namespace",
        "it",
        { metadata: { name, labels: { "pod-security.kubernetes.io/enforce": "privileged" } } },
        { protect: true },
      );
    expect(broken(namespace("shop"))).toEqual(["privilege"]);
    expect(broken(namespace("ceph-csi"))).toEqual([]);
  });
});

describe("protection", () => {
  const claim = (options: object) =>
    resource("kubernetes:core/v1:PersistentVolumeClaim", "claim", {}, options);
  it("is asked for in every stack but dev", () => {
    expect(broken(claim({ stack: "staging" }))).toEqual(["protected-data"]);
    expect(broken(claim({ stack: "dev" }), claim({ protect: true }))).toEqual([]);
  });

  it("is asked of secrets that open data, not of those that are made anew", () => {
    const bytes = (name: string, parents: string) =>
      resource("random:index/randomBytes:RandomBytes", name, {}, { parents: `${parents}$` });
    const cluster = "farmstack:ceph:CephCluster";
    expect(broken(bytes("ceph-key-client-admin", cluster))).toEqual(["protected-data"]);
    expect(broken(bytes("ceph-key-client-reader", cluster))).toEqual([]);
    expect(broken(bytes("mongo-key", "farmstack:mongodb:MongoDatabase"))).toEqual(["protected-data"]);
  });

  it.each([
    ["random:index/randomPassword:RandomPassword", "secret-key", true],
    ["random:index/randomPassword:RandomPassword", "admin-0", true],
    ["random:index/randomPassword:RandomPassword", "core-secret", false],
    ["random:index/randomPassword:RandomPassword", "registry-password", false],
    ["tls:index/privateKey:PrivateKey", "token-key", true],
    ["tls:index/privateKey:PrivateKey", "ca-key", true],
    ["tls:index/selfSignedCert:SelfSignedCert", "ca", true],
    ["tls:index/privateKey:PrivateKey", "key", false],
    ["tls:index/locallySignedCert:LocallySignedCert", "certificate", false],
    ["tls:index/selfSignedCert:SelfSignedCert", "token-certificate", false],
  ])("of Harbor's: %s %s: %s", (type, name, wanted) => {
    const made = resource(type, `my-harbor-${name}`, {}, { parents: "farmstack:harbor:HarborRegistry$" });
    expect(broken(made)).toEqual(wanted ? ["protected-data"] : []);
    // What is made anew when it is asked for stops no pull request; all else does.
    expect(dataOf(made) === undefined).toBe(!wanted);
  });
});

describe("containers' lives", () => {
  it("may log elsewhere, and end when they need not run", () => {
    expect(broken(hostContainer({ logDriver: "journald", logOpts: undefined }))).toEqual([]);
    expect(broken(hostContainer({ logOpts: undefined }))).toEqual(["log-rotation"]);
    expect(broken(hostContainer({ restart: undefined }))).toEqual(["restart-policy"]);
    expect(broken(hostContainer({ restart: "no", mustRun: false }))).toEqual([]);
    expect(broken(hostContainer({ restart: unknown, logOpts: unknown }))).toEqual([]);
  });
});

describe("network policies", () => {
  it("count when they deny all, in the namespace itself", () => {
    expect(broken(deployment(), denyAll("other"))).toEqual(["network-policy"]);
    const allowing = denyAll();
    allowing.props = {
      ...allowing.props,
      spec: { podSelector: {}, policyTypes: ["Ingress"], ingress: [{}] },
    };
    expect(broken(deployment(), allowing)).toEqual(["network-policy"]);
  });

  it("are not asked for where none reaches, where there is a reason, or where nothing is known yet", () => {
    const inside = (namespace: unknown) => {
      const its = deployment();
      its.props = { ...its.props, metadata: { name: "app", namespace } };
      return its;
    };
    expect(broken(inside("kube-system"), inside(unknown))).toEqual([]);
    expect(broken(inside(undefined))).toEqual(["network-policy"]); // the namespace default
  });
});

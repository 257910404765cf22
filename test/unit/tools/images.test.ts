import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { catalog } from "../../../components/images";
import { validate } from "../../../config";
import { renderDigests } from "../../../tools/images/pin-file";
import { byDigest, byTag, partsOf } from "../../../tools/images/reference";
import { chosen, wantedImages } from "../../../tools/images/wanted";
import { completeSettings, exampleHostKey } from "../config/samples";

const one = `sha256:${"1".repeat(64)}`;
const two = `sha256:${"2".repeat(64)}`;

describe("a reference", () => {
  it.each([
    ["quay.io/ceph/ceph:v20", { registry: "quay.io", name: "quay.io/ceph/ceph", tag: "v20" }],
    [`r:5000/shop@${one}`, { registry: "r:5000", name: "r:5000/shop", digest: one }],
    [`mongo:8@${one}`, { registry: "docker.io", name: "mongo", tag: "8", digest: one }],
    ["lab/ceph:16", { registry: "docker.io", name: "lab/ceph", tag: "16" }],
    ["localhost/a:1", { registry: "localhost", name: "localhost/a", tag: "1" }],
  ])("is taken apart: %s", (text, parts) => {
    expect(partsOf(text)).toEqual({ tag: undefined, digest: undefined, ...parts });
  });

  it("is by its digest or its tag, never by both", () => {
    expect(byDigest("r:5000/a:1", one)).toBe(`r:5000/a@${one}`);
    expect(byTag(`r:5000/a:1@${one}`)).toBe("r:5000/a:1");
    expect(byTag(`a@${one}`)).toBe(`a@${one}`);
  });
});

const settings = (more: object = {}, images: object = {}) =>
  validate({
    hosts: [{ name: "a", address: "192.0.2.11", hostKey: exampleHostKey(1) }],
    images,
    ceph: { publicNetwork: "192.0.2.0/24", monitors: ["a"], managers: ["a"], ...more },
  });
const withKubernetes = (kubernetes: object, more: object = {}) =>
  validate({
    hosts: [{ name: "a", address: "192.0.2.11", hostKey: exampleHostKey(1) }],
    ceph: { publicNetwork: "192.0.2.0/24", monitors: ["a"], managers: ["a"] },
    kubernetes: { version: "1.34.1", controlPlane: ["a"], ...kubernetes },
    ...more,
  });
const names = (wanted: ReturnType<typeof wantedImages>) => wanted.images.flatMap((image) => image.names);

describe("what a stack uses", () => {
  it("is Ceph, and no more than it has", () => {
    expect(wantedImages(settings())).toEqual({
      images: [
        {
          names: ["ceph"],
          reference: `${catalog.ceph.reference}@${catalog.ceph.digest}`,
          digest: catalog.ceph.digest,
          takesDigest: true,
        },
      ],
      unknown: [],
    });
  });

  it("has the stack's own references and digests", () => {
    const images = { mirror: "m:5000", overrides: { ceph: "lab/ceph:16" }, digests: { "lab/ceph:16": one } };
    expect(wantedImages(settings({}, images)).images).toMatchObject([
      { reference: "lab/ceph:16", digest: one },
    ]);
  });

  it("with Kubernetes has kubeadm's, whose tags only kubeadm knows", () => {
    const { images, unknown } = wantedImages(withKubernetes({ imageTags: { etcd: "3.6.4-0" } }));
    expect(images.map(({ reference }) => reference)).toEqual(
      expect.arrayContaining(["registry.k8s.io/kube-proxy:v1.34.1", "registry.k8s.io/etcd:3.6.4-0"]),
    );
    expect(images.find((image) => image.names.includes("pause"))).toMatchObject({
      names: ["pause", "kubeadm/pause"],
      takesDigest: true,
    });
    expect(images.find((image) => image.names.includes("kubeadm/etcd"))?.takesDigest).toBe(false);
    expect(unknown).toEqual([
      {
        name: "kubeadm/coredns",
        problem: expect.stringContaining("set kubernetes.imageTags.coredns") as string,
      },
    ]);
  });

  it("has none of kubeadm's when they come from elsewhere", () => {
    const wanted = wantedImages(withKubernetes({ imageRepository: "r/k" }));
    expect(names(wanted)).toEqual(["ceph", "pause", "flannel", "flannelPlugin"]);
    expect(wanted.unknown).toEqual([]);
  });

  it("has those of apps and databases, each once", () => {
    const app = { namespace: "shop", port: 3000 };
    const wanted = wantedImages(
      withKubernetes(
        { imageRepository: "r/k" },
        {
          namespaces: [{ name: "shop", environment: "TEST" }],
          webApps: [
            {
              ...app,
              name: "a",
              image: "docker.io/shop:1",
            },
            { ...app, name: "b", image: "docker.io/shop:1" },
            { ...app, name: "c", image: "pause" },
          ],
        },
      ),
    );
    expect(wanted.images.map((image) => image.names)).toEqual([
      ["ceph"],
      ["pause", "webApps/c"],
      ["flannel"],
      ["flannelPlugin"],
      ["webApps/a", "webApps/b"],
    ]);
  });

  it("has those of Harbor's parts that there are, with the tag of its version", () => {
    const harbor = (more: object) =>
      wantedImages(
        validate({
          hosts: [{ name: "a", address: "192.0.2.11", hostKey: exampleHostKey(1) }],
          ceph: { publicNetwork: "192.0.2.0/24", monitors: ["a"], managers: ["a"] },
          images: { digests: { "docker.io/goharbor/harbor-core:v2.14.4": one } },
          harbor: { host: "a", hostname: "r.example.com", ...more },
        }),
      ).images.slice(1);
    const parts = ["core", "portal", "jobservice", "registryctl"].map((part) => `harbor-${part}`);
    const references = (more: object) =>
      harbor(more)
        .map(({ reference }) => reference)
        .sort();
    const tagged = (tag: string, ...repositories: string[]) =>
      repositories.map((repository) => `docker.io/goharbor/${repository}:${tag}`).sort();
    const always = [...parts, "registry-photon", "nginx-photon"];
    expect(references({})).toEqual(tagged("v2.15.4", ...always, "harbor-db", "valkey-photon"));
    expect(references({ version: "2.14.4" })).toEqual(
      tagged("v2.14.4", ...always, "harbor-db", "redis-photon"),
    );
    expect(harbor({ version: "2.14.4" }).find(({ names }) => names.includes("harborCore"))?.digest).toBe(one);
    const { database, cache } = completeSettings().harbor;
    const other = { database, cache, scanner: {}, ports: { metrics: 9091 } };
    expect(references(other)).toEqual(
      tagged("v2.15.4", ...always, "trivy-adapter-photon", "harbor-exporter"),
    );
  });

  it("has those of the log store, and of who sends to it", () => {
    const logging = (more: object) =>
      names(
        wantedImages(
          withKubernetes(
            { imageRepository: "r/k" },
            { logging: { hosts: ["a"], entry: { allow: ["192.0.2.0/24"], to: "elasticsearch" }, ...more } },
          ),
        ),
      ).slice(4);
    expect(logging({})).toEqual(["elasticsearch", "nginx", "logstash", "filebeat"]);
    const lab = { receiver: { kind: "standin" }, kibana: {}, shippers: { hosts: [], kubernetes: false } };
    expect(logging(lab)).toEqual(["elasticsearch", "nginx", "logReceiver", "kibana"]);
  });

  it("can be chosen from by name", () => {
    const { images } = wantedImages(withKubernetes({ imageRepository: "r/k" }));
    expect(chosen(images, ["flannel"]).map((image) => image.names)).toEqual([["flannel"]]);
    expect(() => chosen(images, ["flanel"])).toThrow("did you mean flannel?");
  });
});

describe("digests in a stack's file", () => {
  const file = (images: string) => `# mine
config:
  # where from
  farmstack:images:${images}
  farmstack:ssh: { user: root } # as ever
`;

  it.each([
    [
      "a group without",
      "\n    mirror: m # near\n    overrides:\n      ceph: lab/ceph:16 # old",
      `\n    mirror: m # near\n    overrides:\n      ceph: lab/ceph:16 # old\n    digests: # written by npm run images:pin\n      lab/ceph:16: ${one}`,
    ],
    [
      "an empty one",
      "\n    digests: {} # of tags\n    mirror: m",
      `\n    digests: # of tags\n      lab/ceph:16: ${one}\n    mirror: m`,
    ],
    [
      "others, which go",
      `\n    digests: # of tags\n      a:1: ${two}\n      # why\n      lab/ceph:16: ${two} # seen\n    mirror: m`,
      `\n    digests: # of tags\n      # why\n      lab/ceph:16: ${one} # seen\n    mirror: m`,
    ],
    ["a flow", " { mirror: m } # near", ` { mirror: m, digests: { "lab/ceph:16": ${one} } } # near`],
    ["an empty flow", " {}", ` { digests: { "lab/ceph:16": ${one} } }`],
    [
      "a flow with some",
      ` { digests: { "a:1": ${two} }, mirror: m }`,
      ` { digests: { "lab/ceph:16": ${one} }, mirror: m }`,
    ],
  ])("go into %s", (_, before, after) => {
    expect(renderDigests(file(before), { "lab/ceph:16": one })).toBe(file(after));
  });

  it("make a group where there is none", () => {
    const text = "config:\n  farmstack:ssh:\n    user: root # as ever\n# the end\n";
    expect(renderDigests(text, { "a:1": one })).toBe(
      `config:\n  farmstack:ssh:\n    user: root # as ever\n  farmstack:images:\n    digests: # written by npm run images:pin\n      a:1: ${one}\n# the end\n`,
    );
  });

  it("can all go", () => {
    const before = file(`\n    digests: # of tags\n      a:1: ${two}\n    mirror: m`);
    expect(renderDigests(before, {})).toBe(file("\n    digests: {} # of tags\n    mirror: m"));
  });

  it("are the given ones whatever was there, and nothing else changes", () => {
    const reference = fc.stringMatching(/^[a-z]{1,8}(\.io|:5000)?\/[a-z]{1,8}:v[0-9]{1,3}$/);
    const digests = fc.dictionary(reference, fc.constantFrom(one, two), { maxKeys: 5 });
    fc.assert(
      fc.property(digests, digests, (before, after) => {
        const start = file("\n    mirror: m");
        const first = renderDigests(start, before);
        const second = renderDigests(first, after);
        const { config } = parse(second) as { config: Record<string, { digests: object }> };
        expect({ ...config["farmstack:images"]?.digests }).toEqual({ ...after });
        for (const line of start.split("\n")) expect(second.split("\n")).toContain(line);
      }),
      { numRuns: 50 },
    );
  });

  it("are left to the operator where the file is too clever", () => {
    const text = "config:\n  farmstack:images: &same\n    mirror: m\n  other: *same\n";
    expect(() => renderDigests(text, { "a:1": one })).toThrow(
      "set images.digests by hand:\ndigests:\n  a:1: sha256:",
    );
  });
});

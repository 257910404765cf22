import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { labImages } from "../../../lab/images";
import { blobPath } from "../../../lab/kubernetes/blob";
import { imageTags, kubernetesImages, nextImages } from "../../../lab/kubernetes/images";
import { renderKubeconfig } from "../../../lab/kubernetes/kubeconfig";
import {
  buildName,
  fingerprint,
  linkerFlags,
  modules,
  sourceOf,
  type Module,
} from "../../../lab/kubernetes/modules";
import { versions } from "../../../lab/kubernetes/versions";

describe("the versions", () => {
  const goMod = (name: keyof typeof modules) => readFileSync(join(sourceOf(name), "go.mod"), "utf8");

  it("are those that go.mod pins", () => {
    expect(goMod("kubernetes")).toContain(`k8s.io/kubernetes v${versions.kubernetes}\n`);
    for (const part of ["server", "etcdctl", "etcdutl"]) {
      expect(goMod("kubernetes")).toContain(`go.etcd.io/etcd/${part}/v3 v${versions.etcd}\n`);
    }
    expect(goMod("addons")).toContain(`github.com/coredns/coredns v${versions.coredns}\n`);
    expect(goMod("addons")).toContain(`github.com/flannel-io/flannel v${versions.flannel}\n`);
    expect(goMod("cni")).toContain(`github.com/containernetworking/plugins v${versions.flannelPlugin}\n`);
  });

  it("go with every staging module of Kubernetes", () => {
    const replaced = [...goMod("kubernetes").matchAll(/^\t(k8s\.io\/\S+) => (\S+) (\S+)$/gm)];
    expect(replaced).toHaveLength(31);
    const staged = versions.kubernetes.replace(/^1/, "v0");
    for (const [, from, to, version] of replaced) expect([to, version]).toEqual([from, staged]);
  });

  it("are told to the programs", () => {
    expect(linkerFlags(modules.kubernetes)).toBe(
      "-s -w -X k8s.io/component-base/version.gitVersion=v1.34.1 -X k8s.io/component-base/version.gitMajor=1 " +
        "-X k8s.io/component-base/version.gitMinor=34 -X k8s.io/component-base/version.gitTreeState=clean",
    );
  });
});

describe("the folder of a build", () => {
  const definition: Module = { title: "t", packages: ["."], variables: { v: "1" }, links: ["a"] };
  const files = { "go.mod": "module m", "a/main.go": "package main" };

  it("is named by module, version and a hash of all its files", () => {
    expect(buildName("kubernetes")).toMatch(/^kubernetes-1\.34\.1-[0-9a-f]{12}$/);
    expect(buildName("kubernetes-next")).toMatch(/^kubernetes-next-1\.34\.2-[0-9a-f]{12}$/);
    expect(buildName("addons")).toMatch(/^addons-1\.34\.1-[0-9a-f]{12}$/);
    expect(fingerprint(definition, files)).toBe(
      fingerprint(definition, { "a/main.go": "package main", "go.mod": "module m" }),
    );
  });

  it("is another one for another flag, file, name of a file, or link", () => {
    const hashes = [
      fingerprint(definition, files),
      fingerprint({ ...definition, variables: { v: "2" } }, files),
      fingerprint({ ...definition, links: [] }, files),
      fingerprint(definition, { ...files, "go.mod": "module n" }),
      fingerprint(definition, { "go.mod": "module m", "b/main.go": "package main" }),
      fingerprint(definition, { "go.mod": "module m" }),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});

describe("the next Kubernetes", () => {
  it("differs in the number alone, by which kubeadm knows an upgrade", () => {
    const { kubernetes, "kubernetes-next": next } = modules;
    expect(sourceOf("kubernetes-next")).toBe(sourceOf("kubernetes"));
    expect(linkerFlags(next)).toBe(linkerFlags(kubernetes).replace("v1.34.1", "v1.34.2"));
    expect(next.links).toEqual(kubernetes.links);
  });
});

describe("the program that is all of Kubernetes", () => {
  it("has a link for each name that it answers to", () => {
    const main = readFileSync(join(sourceOf("kubernetes"), "main.go"), "utf8");
    const answers = [...main.matchAll(/^\t"([a-z-]+)": /gm)].map(([, name]) => name);
    expect(answers.sort()).toEqual([...modules.kubernetes.links].sort());
  });
});

describe("the images of Kubernetes", () => {
  it("bear the names that kubeadm gives them, and flannel's", () => {
    expect(kubernetesImages.map(({ repo, tag }) => `${repo}:${tag}`)).toEqual([
      "lab/kubernetes/kube-apiserver:v1.34.1",
      "lab/kubernetes/kube-controller-manager:v1.34.1",
      "lab/kubernetes/kube-scheduler:v1.34.1",
      "lab/kubernetes/kube-proxy:v1.34.1",
      "lab/kubernetes/coredns:v1.12.1",
      "lab/kubernetes/pause:3.10.1",
      "lab/kubernetes/etcd:3.6.5-0",
      "lab/kubernetes/flannel:v0.28.4",
      "lab/kubernetes/flannel-cni-plugin:v0.9.1",
    ]);
    expect(imageTags).toEqual({ etcd: "3.6.5-0", coredns: "v1.12.1" });
    expect(nextImages.map(({ repo, tag }) => `${repo}:${tag}`)).toEqual([
      "lab/kubernetes/kube-apiserver:v1.34.2",
      "lab/kubernetes/kube-controller-manager:v1.34.2",
      "lab/kubernetes/kube-scheduler:v1.34.2",
      "lab/kubernetes/kube-proxy:v1.34.2",
    ]);
  });

  it("are made of recipes whose tags tell the programs in them", () => {
    const images = labImages();
    for (const { image } of [...kubernetesImages, ...nextImages]) {
      expect(images[image].tag).toMatch(/^farmstack-lab\/[a-z-]+:[0-9.]+-[0-9a-f]{12}$/);
      expect(images[image].modules).not.toEqual([]);
    }
    expect(images.ceph.modules).toBeUndefined();
  });
});

describe("a blob", () => {
  it("is reached by its hash", () => {
    expect(blobPath("lab/kubernetes/node", "ab12")).toBe("/v2/lab/kubernetes/node/blobs/sha256:ab12");
  });
});

describe("the kubeconfig", () => {
  it("is complete in itself", () => {
    const text = renderKubeconfig("https://127.0.0.1:6443", "-----BEGIN CERTIFICATE-----\n", "t0ken");
    expect(parse(text)).toEqual({
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        {
          name: "loopback",
          cluster: {
            server: "https://127.0.0.1:6443",
            "certificate-authority-data": "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==",
          },
        },
      ],
      users: [{ name: "loopback", user: { token: "t0ken" } }],
      contexts: [{ name: "loopback", context: { cluster: "loopback", user: "loopback" } }],
      "current-context": "loopback",
    });
  });
});

import { describe, expect, it } from "vitest";
import { draw } from "../../../../tools/diagram/draw";
import { pictureOf } from "../../../../tools/diagram/model";
import { parseState } from "../../../../tools/state";
import { pictureFile, recorded } from "./recorded";

describe("the picture of the dev stack", () => {
  const picture = pictureOf(parseState(recorded()));

  it("has the hosts with their containers by component, and the ports that they name", () => {
    expect(picture.hosts.map(({ name, address }) => [name, address])).toEqual([
      ["host1", "10.77.0.11"],
      ["host2", "10.77.0.12"],
      ["host3", "10.77.0.13"],
    ]);
    expect(
      picture.hosts[0]?.groups.map(({ component, items }) => [component, items.map(({ label }) => label)]),
    ).toEqual([
      ["ceph", ["mgr", "mon", "mount mnt-cephfs", "osd osd0"]],
      ["kubernetes", ["node, API"]],
      ["log-shipper", ["log-shipper"]],
    ]);
    expect(picture.hosts[0]?.groups[0]?.items[1]).toEqual({
      name: "ceph-mon-host1",
      label: "mon",
      ports: [3300, 6789],
    });
    expect(picture.hosts[0]?.groups[1]?.items[0]?.ports).toEqual([6443]);
  });

  it("leads from the page to the place of the data", () => {
    const from = (id: string): string[] =>
      picture.edges.filter((edge) => edge.from === id).map(({ to, label }) => `${to} ${label ?? ""}`.trim());
    const way = ["entry/http://10.77.0.11:30080/"];
    for (
      let next = from(way[0] as string);
      next.length > 0;
      next = from(way.at(-1)?.split(" ")[0] as string)
    ) {
      expect(next).toHaveLength(1);
      way.push(next[0] as string);
    }
    expect(way).toEqual([
      "entry/http://10.77.0.11:30080/",
      "Service/profiles/profile",
      "Deployment/profiles/profile",
      "Service/profiles/store :27017",
      "StatefulSet/profiles/store",
      "StatefulSet/profiles/store/data",
      "storage/fs/cephfs",
    ]);
  });

  it("counts what it does not draw", () => {
    const [system, shippers, profiles] = picture.namespaces;
    expect([system?.name, shippers?.name, profiles?.name, profiles?.environment]).toEqual([
      "kube-system",
      "log-shipper",
      "profiles",
      "TEST",
    ]);
    expect(profiles?.others).toContain("4 Secrets");
    expect(profiles?.others).toContain("7 NetworkPolicies");
    expect(profiles?.objects.find(({ kind }) => kind === "Deployment")).toMatchObject({
      pods: 2,
      detail: "2 pods",
    });
  });

  it("is the same whatever was made first", async () => {
    const state = parseState(recorded());
    const turned = { ...state, resources: [...state.resources].reverse() };
    expect(await draw(turned, "dev")).toBe(await draw(state, "dev"));
  });

  it("is the one in the documentation", async () => {
    await expect(await draw(parseState(recorded()), "dev")).toMatchFileSnapshot(pictureFile);
  });
});

describe("a picture", () => {
  const root = {
    urn: "urn:pulumi:shop::farmstack::pulumi:pulumi:Stack::farmstack-shop",
    type: "pulumi:pulumi:Stack",
  };
  const urnOf = (type: string, name: string) => `urn:pulumi:shop::farmstack::${type}::${name}`;
  const object = (kind: string, name: string, rest: object, type = `kubernetes:v1:${kind}`) => ({
    urn: urnOf(type, name),
    type,
    inputs: { metadata: { name, namespace: "shop" }, ...rest },
  });
  const pictured = (outputs: object, ...resources: object[]) =>
    pictureOf(
      parseState(JSON.stringify({ deployment: { resources: [{ ...root, outputs }, ...resources] } })),
    );
  const secret = (value: object) => ({
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    ...value,
  });

  it("has no secret, encrypted or not", async () => {
    const text = JSON.stringify({
      deployment: {
        resources: [
          {
            ...root,
            outputs: {
              pages: secret({ plaintext: '"http://HIDDEN"' }),
              adminPages: ["http://me:HIDDEN@shop.example.com/?key=HIDDEN"],
            },
          },
          object("Service", "front", { spec: { ports: secret({ ciphertext: "v1:HIDDEN" }) } }),
          {
            urn: urnOf("farmstack:hosts:Host", "a"),
            type: "farmstack:hosts:Host",
            outputs: { address: "[secret]" },
          },
        ],
      },
    });
    const svg = await draw(parseState(text));
    expect(svg).toContain("http://shop.example.com/");
    expect(svg).not.toMatch(/HIDDEN|\[secret\]/);
    expect(await draw(parseState(recorded()))).not.toContain("NOT-TO-BE-SEEN");
  });

  it("has a Harbor: its address, whom its parts ask, and where its data is", async () => {
    const registry = urnOf("farmstack:harbor:HarborRegistry", "harbor");
    const part = (name: string, volumes: object[] = []) => {
      const component = urnOf(
        "farmstack:harbor:HarborRegistry$farmstack:container:Container",
        `harbor-${name}`,
      );
      return [
        { urn: component, type: "farmstack:container:Container", parent: registry },
        {
          urn: urnOf("docker:index/container:Container", `harbor-${name}-container`),
          type: "docker:index/container:Container",
          parent: component,
          inputs: { name: `harbor-${name}`, volumes },
        },
      ];
    };
    const resources = [
      {
        urn: registry,
        type: "farmstack:harbor:HarborRegistry",
        outputs: { url: "https://registry.example.com", adminPassword: secret({ plaintext: '"HIDDEN"' }) },
      },
      ...part("proxy"),
      ...part("core", [{ hostPath: "/data/registry", readOnly: true }]),
      ...part("registry", [{ hostPath: "/data/registry", readOnly: false }]),
      ...part("jobservice", [{ hostPath: "/data/job_logs" }]),
    ];
    const { edges, namespaces, entries } = pictured({}, ...resources);
    expect(entries.map(({ url }) => url)).toEqual(["https://registry.example.com"]);
    expect(namespaces).toMatchObject([{ title: "registry", name: "harbor" }]);
    expect(
      edges.map(({ from, to, kind }) => `${from} ${kind} ${to}`.replaceAll("registry/harbor/", "")),
    ).toEqual([
      "entry/https://registry.example.com asks proxy",
      "proxy asks core",
      "core asks registry",
      "core asks jobservice",
      "jobservice asks core",
      "jobservice asks registry",
      "registry keeps registry/data/registry",
    ]);
    const svg = await draw(
      parseState(JSON.stringify({ deployment: { resources: [{ ...root, outputs: {} }, ...resources] } })),
    );
    expect(svg).toContain(">registry<");
    expect(svg).toContain(">/data/registry<");
    expect(svg).not.toContain("HIDDEN");
  });

  it("has the ways in: an Ingress, or a route", () => {
    const service = object("Service", "front", {
      spec: { ports: [{ port: 80 }], selector: { app: "front" } },
    });
    const ingress = object("Ingress", "front", {
      spec: {
        rules: [{ host: "shop.example.com", http: { paths: [{ backend: { service: { name: "front" } } }] } }],
      },
    });
    const route = object("HTTPRoute", "other", {
      spec: { hostnames: ["other.example.com"], rules: [{ backendRefs: [{ name: "front", port: 80 }] }] },
    });
    const { edges } = pictured(
      { webAppPages: { front: "https://shop.example.com/" } },
      service,
      ingress,
      route,
    );
    expect(edges.map(({ from, to }) => `${from} → ${to}`)).toEqual([
      "entry/https://shop.example.com/ → Ingress/shop/front",
      "HTTPRoute/shop/other → Service/shop/front",
      "Ingress/shop/front → Service/shop/front",
    ]);
  });

  it("has a database's members as what its clients ask, scaling, and a claim of a pod", () => {
    const map = object("ConfigMap", "address", {
      data: { url: "mongodb://db-0.db.shop.svc:27017,db-1.db.shop.svc:27017/app" },
    });
    const db = object("Service", "db", {
      spec: { clusterIP: "None", ports: [{ port: 27017 }], selector: { app: "db" } },
    });
    const front = object("Deployment", "front", {
      spec: {
        template: {
          spec: {
            containers: [
              { env: [{ name: "URL", valueFrom: { configMapKeyRef: { name: "address", key: "url" } } }] },
            ],
            volumes: [{ name: "files", persistentVolumeClaim: { claimName: "files" } }],
          },
        },
      },
    });
    const scaler = object("HorizontalPodAutoscaler", "front", {
      spec: { scaleTargetRef: { name: "front" }, minReplicas: 3, maxReplicas: 9 },
    });
    const claim = object("PersistentVolumeClaim", "files", {
      spec: { storageClassName: "cephfs", resources: { requests: { storage: "20Gi" } } },
    });
    const { edges, namespaces } = pictured({}, map, db, front, scaler, claim);
    expect(edges).toEqual([
      { from: "Deployment/shop/front", to: "PersistentVolumeClaim/shop/files", kind: "keeps" },
      { from: "Deployment/shop/front", to: "Service/shop/db", kind: "asks", label: ":27017" },
    ]);
    expect(namespaces[0]?.objects).toMatchObject([
      { kind: "Deployment", pods: 3, detail: "3 to 9 pods" },
      { kind: "Claim", detail: "20 GiB, cephfs" },
      { kind: "Service", detail: ":27017 headless" },
    ]);
  });

  it("has published ports of containers, also on hosts with IPv6, and no container of another host", () => {
    const host = (name: string, address: string) => [
      { urn: urnOf("farmstack:hosts:Host", name), type: "farmstack:hosts:Host", outputs: { address } },
      {
        urn: urnOf("pulumi:providers:docker", `${name}-docker`),
        type: "pulumi:providers:docker",
        parent: urnOf("farmstack:hosts:Host", name),
      },
    ];
    const container = (name: string, on: string, inputs: object) => ({
      urn: urnOf("docker:index/container:Container", name),
      type: "docker:index/container:Container",
      provider: `${urnOf("pulumi:providers:docker", `${on}-docker`)}::1`,
      inputs: { name, labels: [{ label: "farmstack.component", value: "entry" }], ...inputs },
    });
    const { hosts } = pictured(
      {},
      ...host("a", "2001:db8::1"),
      ...host("ab", "192.0.2.2"),
      container("entry-proxy-a", "a", {
        command: ["--listen", "[2001:db8::1]:8443"],
        ports: [{ internal: 80, external: 8080 }],
      }),
      container("entry-proxy-ab", "ab", { command: ["--peer", "192.0.2.21:5", "192.0.2.2:70000000"] }),
    );
    expect(hosts.map(({ name, groups }) => [name, groups.flatMap(({ items }) => items)])).toEqual([
      ["a", [{ name: "entry-proxy-a", label: "proxy", ports: [8080, 8443] }]],
      ["ab", [{ name: "entry-proxy-ab", label: "proxy", ports: [] }]],
    ]);
  });

  it("is of nothing else than a state", () => {
    expect(() => parseState("no JSON")).toThrow("it is not JSON");
    expect(() => parseState("{}")).toThrow("pulumi stack export");
    expect(pictured({})).toMatchObject({ stack: "shop", hosts: [], namespaces: [] });
  });
});

import { beforeAll, describe, expect, it } from "vitest";
import { type WebApp } from "../../../components/web-app";
import { allDeclared, find, noteOptions, startMocks, valueOf } from "../mocks";
import { dependencies } from "./declared";
import { apps, shop } from "./web-apps";

const kind = {
  deployment: "kubernetes:apps/v1:Deployment",
  service: "kubernetes:core/v1:Service",
  policy: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  scaler: "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
  budget: "kubernetes:policy/v1:PodDisruptionBudget",
  ingress: "kubernetes:networking.k8s.io/v1:Ingress",
  values: "kubernetes:core/v1:ConfigMap",
  route: "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute",
};

describe("WebApp", () => {
  const made: Record<string, WebApp> = {};
  let build: (name: string, args: typeof shop) => WebApp;

  beforeAll(async () => {
    await startMocks();
    const { WebApp } = await import("../../../components/web-app");
    const { Provider } = await import("@pulumi/kubernetes");
    const provider = new Provider("cluster", { kubeconfig: "k" });
    build = (name, args) => new WebApp(name, args, { provider, transformations: [noteOptions] });
    for (const [name, args] of Object.entries(apps)) made[name] = build(name, args);
    await allDeclared();
  });

  const inputs = async (type: keyof typeof kind, name: string) => (await find(kind[type], name)).inputs;
  const pod = async (app: string) => (await inputs("deployment", `${app}-deployment`)).spec.template;
  const names = async () => (await allDeclared()).map(({ name }) => name);

  it("says where it is, and what to type", async () => {
    const { inside } = made;
    expect(await valueOf(inside!.url)).toBe("http://inside.shops");
    expect(inside!.podLabels).toEqual({ app: "inside" });
    expect(await valueOf(inside!.healthCommand)).toBe(
      "kubectl --namespace shops get all --selector app=inside",
    );
  });

  it("declares everything in its namespace, labelled, by the provider that it got", async () => {
    const objects = (await allDeclared()).filter(({ type }) => Object.values(kind).includes(type));
    expect(objects.length).toBeGreaterThan(25);
    for (const { inputs: object, provider } of objects) {
      const app = String(object.metadata.labels.app);
      expect(object.metadata).toMatchObject({
        namespace: "shops",
        labels: { environment: apps[app]!.environment },
      });
      expect(object.metadata.name ?? app).toMatch(new RegExp(`^${app}(-canary)?$`));
      expect(provider).toContain("::cluster::");
    }
  });

  describe("pods", () => {
    it("get the database's three variables, as references alone", async () => {
      expect((await pod("inside")).spec.containers[0].env).toEqual([
        { name: "DB_URL", valueFrom: { configMapKeyRef: { name: "mongo-config", key: "url" } } },
        { name: "USER_NAME", valueFrom: { secretKeyRef: { name: "mongo-secret", key: "username" } } },
        { name: "USER_PWD", valueFrom: { secretKeyRef: { name: "mongo-secret", key: "password" } } },
      ]);
    });

    it("get them by other names, and others beside them", async () => {
      const variables = async (app: string) =>
        (await pod(app)).spec.containers[0].env.map(({ name }: { name: string }) => name);
      expect(await variables("listed")).toEqual(["MONGO", "PASS", "WHO"]);
      expect((await pod("listed")).spec.containers[0].env[0].valueFrom).toEqual({
        configMapKeyRef: { name: "m", key: "mongo-url" },
      });
      expect(await variables("routed")).toEqual(["DB_URL", "GREETING", "TOKEN", "USER_NAME", "USER_PWD"]);
    });

    it("get the values that are given, from a ConfigMap that is never changed", async () => {
      const { metadata, data, immutable } = await inputs("values", "ported-values");
      expect([data, immutable, metadata.name]).toEqual([
        { GREETING: "hello", LANGUAGE: "en" },
        true,
        undefined,
      ]);
      expect((await pod("ported")).spec.containers[0].env.map(({ name }: { name: string }) => name)).toEqual([
        "DB_URL",
        "GREETING",
        "LANGUAGE",
        "USER_NAME",
        "USER_PWD",
      ]);
    });

    it("get no variable twice", () => {
      expect(() => build("twice", { ...shop, values: { DB_URL: "elsewhere" } })).toThrow(
        "twice: the variable DB_URL is there twice",
      );
    });

    it("have the labels that the database wants to see", async () => {
      expect((await pod("inside")).metadata.labels).toEqual({
        "asks-mongo": "yes",
        app: "inside",
        track: "stable",
        environment: "TEST",
      });
    });

    it("may do nothing that they don't need", async () => {
      const { spec } = await pod("inside");
      expect(spec).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
        volumes: [{ name: "tmp", emptyDir: { sizeLimit: "64Mi" } }],
      });
      expect(spec.containers[0].securityContext).toEqual({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
        readOnlyRootFilesystem: true,
      });
    });

    it("come before the old ones go, which serve until they are forgotten", async () => {
      const { strategy, template } = (await inputs("deployment", "inside-deployment")).spec;
      expect(strategy.rollingUpdate).toEqual({ maxSurge: 1, maxUnavailable: 0 });
      const { containers, terminationGracePeriodSeconds } = template.spec;
      expect(containers[0].lifecycle.preStop.sleep.seconds).toBeLessThan(terminationGracePeriodSeconds);
    });

    it("are asked whether they live by their port, unless there is a path for it", async () => {
      const probes = async (app: string) => (await pod(app)).spec.containers[0];
      expect(await probes("inside")).toMatchObject({
        readinessProbe: { httpGet: { path: "/" } },
        livenessProbe: { tcpSocket: { port: "http" } },
        startupProbe: { tcpSocket: { port: "http" }, periodSeconds: 2, failureThreshold: 30 },
      });
      expect(await probes("routed")).toMatchObject({
        readinessProbe: { httpGet: { path: "/ready" } },
        livenessProbe: { httpGet: { path: "/alive" } },
        startupProbe: { httpGet: { path: "/alive" }, failureThreshold: 60 },
        resources: { requests: { cpu: "250m", memory: "512Mi" }, limits: { memory: "512Mi" } },
      });
    });

    it("start when the network lets them", async () => {
      const { opts } = await find(kind.deployment, "inside-deployment");
      expect(await dependencies(opts.dependsOn)).toEqual(["inside-network-policy"]);
    });
  });

  describe("versions of variables", () => {
    const annotation = "farmstack/version-of-variables";
    const versionOf = async (name: string, greeting: string, names = ["GREETING", "FAREWELL"]) => {
      const config = Object.fromEntries(
        names.map((variable) => [variable, { configMap: "texts", key: variable, version: greeting }]),
      );
      build(name, { ...shop, config });
      return (await pod(name)).metadata.annotations[annotation];
    };

    it("are in no annotation when there are none", async () => {
      expect((await pod("inside")).metadata.annotations).toEqual({});
    });

    it("change the pods when one of them changes, and in no other order", async () => {
      const first = await versionOf("greeting", "1");
      expect(first).toMatch(/^[0-9a-f]{16}$/);
      expect(await versionOf("greeting-again", "1", ["FAREWELL", "GREETING"])).toBe(first);
      expect(await versionOf("other-greeting", "2")).not.toBe(first);
    });
  });

  describe("number of pods", () => {
    it("is two, or as given", async () => {
      expect((await inputs("deployment", "inside-deployment")).spec.replicas).toBe(2);
      expect((await inputs("deployment", "ported-deployment")).spec.replicas).toBe(3);
    });

    it("is the autoscaler's alone where there is one", async () => {
      expect((await inputs("deployment", "routed-deployment")).spec).not.toHaveProperty("replicas");
      expect((await inputs("scaler", "routed-autoscaler")).spec).toMatchObject({
        scaleTargetRef: { name: "routed" },
        metrics: [{ containerResource: { container: (await pod("routed")).spec.containers[0].name } }],
      });
      expect(await names()).not.toContain("inside-autoscaler");
    });

    it("falls by one at a time when nodes are drained", async () => {
      expect((await inputs("budget", "inside-disruption-budget")).spec).toEqual({
        maxUnavailable: 1,
        unhealthyPodEvictionPolicy: "AlwaysAllow",
        selector: { matchLabels: { app: "inside", track: "stable" } },
      });
    });

    it("can't be both given and the autoscaler's", () => {
      expect(() => build("both", { ...shop, replicas: 3, scaling: { max: 6 } })).toThrow(
        "both: the number of pods is either given or follows the load",
      );
    });
  });

  describe("routes", () => {
    it("send a share of the requests to the second version", async () => {
      expect((await inputs("route", "routed-route")).spec).toEqual({
        parentRefs: [
          {
            group: "gateway.networking.k8s.io",
            kind: "Gateway",
            name: "front",
            namespace: "entry",
            sectionName: "https",
          },
        ],
        hostnames: ["shop.example.com"],
        rules: [
          {
            matches: [{ path: { type: "PathPrefix", value: "/shop" } }],
            backendRefs: [
              { name: "routed", port: 80, weight: 90 },
              { name: "routed-canary", port: 80, weight: 10 },
            ],
          },
        ],
      });
    });

    it("send those with a header to it", async () => {
      const path = { type: "PathPrefix", value: "/" };
      expect((await inputs("route", "compared-route")).spec.rules).toEqual([
        {
          matches: [{ path, headers: [{ type: "Exact", name: "x-version", value: "two" }] }],
          backendRefs: [{ name: "compared-canary", port: 80, weight: 1 }],
        },
        { matches: [{ path }], backendRefs: [{ name: "compared", port: 80, weight: 1 }] },
      ]);
    });

    it("are opened when both versions serve", async () => {
      const { opts } = await find(kind.route, "routed-route");
      expect(await dependencies(opts.dependsOn)).toEqual([
        "routed-deployment",
        "routed-service",
        "routed-canary-deployment",
        "routed-canary-service",
      ]);
    });

    it("never lead to the other version by a Service", async () => {
      expect((await inputs("service", "compared-service")).spec.selector).toEqual({
        app: "compared",
        track: "stable",
      });
      expect((await inputs("service", "compared-canary-service")).spec.selector).toEqual({
        app: "compared",
        track: "canary",
      });
      const { spec } = await inputs("deployment", "compared-canary-deployment");
      expect(spec.replicas).toBe(2);
      expect(spec.template.metadata.labels.track).toBe("canary");
      expect(spec.template.spec.containers[0].image).toBe("registry.example/shop:2.0");
    });

    it("are an Ingress where that is asked for", async () => {
      expect((await inputs("ingress", "listed-ingress")).spec).toEqual({
        ingressClassName: "traefik",
        rules: [
          {
            host: "listed.example.com",
            http: {
              paths: [
                {
                  path: "/",
                  pathType: "Prefix",
                  backend: { service: { name: "listed", port: { number: 80 } } },
                },
              ],
            },
          },
        ],
        tls: [{ hosts: ["listed.example.com"], secretName: "listed-certificate" }],
      });
    });

    it("are a port of the nodes where that is asked for", async () => {
      const { spec } = await inputs("service", "ported-service");
      expect(spec).toMatchObject({
        type: "NodePort",
        ports: [{ port: 80, targetPort: "http", nodePort: 30100 }],
      });
    });

    it("are refused for a second version that nothing can lead to", () => {
      expect(() => build("lost", { ...shop, canary: { image: "a:2", weight: 1 } })).toThrow(
        "lost: a second version needs entry.route or mesh",
      );
    });
  });

  describe("network policy", () => {
    const spec = async (app: string) => (await inputs("policy", `${app}-network-policy`)).spec;
    const inNamespace = (name: string) => ({ matchLabels: { "kubernetes.io/metadata.name": name } });

    it("lets nobody in without an entry but who is named", async () => {
      expect((await spec("inside")).ingress).toEqual([
        {
          from: [
            { podSelector: { matchLabels: { app: "shop" } } },
            { namespaceSelector: inNamespace("jobs") },
          ],
          ports: [{ protocol: "TCP", port: 3000 }],
        },
      ]);
    });

    it("lets the entry in", async () => {
      const sources = async (app: string) => (await spec(app)).ingress[0].from;
      expect(await sources("routed")).toEqual([{ namespaceSelector: inNamespace("entry") }]);
      expect(await sources("compared")).toEqual([
        { namespaceSelector: inNamespace("proxies"), podSelector: { matchLabels: { gateway: "front" } } },
      ]);
      expect(await sources("listed")).toEqual([{ namespaceSelector: inNamespace("traefik") }]);
      expect(await sources("ported")).toBeUndefined();
    });

    it("lets it ask for names, and ask the database and what is named", async () => {
      expect((await spec("routed")).egress).toEqual([
        {
          to: [
            {
              namespaceSelector: inNamespace("kube-system"),
              podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
            },
          ],
          ports: [
            { protocol: "UDP", port: 53 },
            { protocol: "TCP", port: 53 },
          ],
        },
        {
          to: [{ podSelector: { matchLabels: { app: "mongo" } } }],
          ports: [{ protocol: "TCP", port: 27017 }],
        },
        {
          to: [{ namespaceSelector: inNamespace("mail"), podSelector: { matchLabels: { app: "relay" } } }],
          ports: [{ protocol: "TCP", port: 8025 }],
        },
      ]);
    });

    it("is one for both versions", async () => {
      expect((await spec("routed")).podSelector).toEqual({ matchLabels: { app: "routed" } });
    });
  });

  describe("in the mesh", () => {
    const requests = {
      "retry.linkerd.io/http": "5xx",
      "retry.linkerd.io/limit": "2",
      "retry.linkerd.io/timeout": "400ms",
      "timeout.linkerd.io/request": "10s",
    };

    it("its pods get a proxy, which outlives them", async () => {
      expect((await pod("meshed")).metadata.annotations).toEqual({
        "linkerd.io/inject": "enabled",
        "config.alpha.linkerd.io/proxy-wait-before-exit-seconds": "15",
      });
    });

    it("its Services say what is tried again, and when a pod is left out", async () => {
      for (const service of ["meshed-service", "meshed-canary-service"])
        expect((await inputs("service", service)).metadata.annotations).toEqual({
          ...requests,
          "balancer.linkerd.io/failure-accrual": "consecutive",
          "balancer.linkerd.io/failure-accrual-consecutive-max-failures": "5",
          "balancer.linkerd.io/failure-accrual-consecutive-min-penalty": "1s",
          "balancer.linkerd.io/failure-accrual-consecutive-max-penalty": "1m",
        });
    });

    it("a route of its Service parts the requests of other apps", async () => {
      const { metadata, spec } = await inputs("route", "meshed-mesh-route");
      expect(metadata.annotations).toEqual(requests);
      expect(spec.parentRefs).toEqual([{ group: "", kind: "Service", name: "meshed", port: 80 }]);
      expect(spec.rules[0].backendRefs.map(({ weight }: { weight: number }) => weight)).toEqual([50, 50]);
    });

    it("the proxies reach each other, and Linkerd", async () => {
      const { ingress, egress } = (await inputs("policy", "meshed-network-policy")).spec;
      expect(ingress).toEqual([]); // nobody is named
      expect(egress.at(-1).to[0].namespaceSelector.matchLabels).toEqual({
        "kubernetes.io/metadata.name": "linkerd",
      });
    });
  });
});

describe("createGateway", () => {
  it("listens for routes of the namespaces that are named", async () => {
    await startMocks();
    const { createGateway } = await import("../../../components/web-app");
    createGateway(
      "front",
      {
        namespace: "entry",
        className: "any",
        listeners: {
          http: { port: 80 },
          https: { port: 443, host: "*.example.com", certificateSecret: "certificate" },
        },
        routesFrom: { shops: "yes" },
      },
      {},
    );
    const { inputs } = await find("kubernetes:gateway.networking.k8s.io/v1:Gateway", "front");
    const allowedRoutes = { namespaces: { from: "Selector", selector: { matchLabels: { shops: "yes" } } } };
    expect(inputs.spec).toEqual({
      gatewayClassName: "any",
      listeners: [
        { name: "http", port: 80, protocol: "HTTP", allowedRoutes },
        {
          name: "https",
          port: 443,
          hostname: "*.example.com",
          protocol: "HTTPS",
          tls: { mode: "Terminate", certificateRefs: [{ kind: "Secret", name: "certificate" }] },
          allowedRoutes,
        },
      ],
    });
  });
});

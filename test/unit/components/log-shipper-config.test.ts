import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { dataStreamFields } from "../../../components/log-shipper/filebeat";
import { hostConfig } from "../../../components/log-shipper/host-config";
import { nodeConfig } from "../../../components/log-shipper/node-config";
import { type KnownOutput } from "../../../components/log-shipper/output";

const logstash: KnownOutput = { kind: "logstash", hosts: ["192.0.2.12:5044"], ca: "CERTIFICATE" };
const elasticsearch: KnownOutput = {
  kind: "elasticsearch",
  urls: ["https://192.0.2.12:9200"],
  ca: "CERTIFICATE",
  user: "writer",
  password: "some password",
};
const common = { stack: "prod", dataStream: "logs-containers-prod", queueMiB: 512 };
const host = (output: KnownOutput, exclude = ["log-shipper-host1"]) =>
  hostConfig({ ...common, hostName: "host1", exclude, output });
const node = (output: KnownOutput) => nodeConfig({ ...common, namespace: "log-shipper", output });

type Step = Record<string, Record<string, unknown>>;
const steps = (text: string) => (parse(text) as { processors: Step[] }).processors;
const step = (text: string, name: string) => steps(text).find((one) => name in one)?.[name];

describe("filebeat.yml", () => {
  it("of a host, to Logstash", () => expect(host(logstash)).toMatchSnapshot());
  it("of a node of Kubernetes, to Logstash", () => expect(node(logstash)).toMatchSnapshot());

  it("to the store itself has its user, and leaves templates alone", () => {
    const settings = parse(host(elasticsearch)) as Record<string, unknown>;
    expect(settings["output.elasticsearch"]).toMatchObject({
      hosts: ["https://192.0.2.12:9200"],
      username: "writer",
      password: "some password",
      index: "logs-containers-prod",
      ssl: { certificate_authorities: ["/usr/share/filebeat/ca.crt"], verification_mode: "full" },
    });
    expect(settings["output.logstash"]).toBeUndefined();
    expect(host(elasticsearch)).not.toContain('"@metadata"'); // Filebeat would put a date behind the name
    expect(settings).toMatchObject({ "setup.template.enabled": false, "setup.ilm.enabled": false });
  });

  it("to Logstash says where each line goes", () => {
    expect(steps(host(logstash))).toContainEqual({
      add_fields: { target: "@metadata", fields: { index: "logs-containers-prod" } },
    });
  });

  it("shares the lines out when there are several receivers", () => {
    const output = (hosts: string[]) =>
      (parse(host({ ...logstash, hosts })) as Record<string, { loadbalance: boolean }>)["output.logstash"];
    expect(output(["a:5044"])?.loadbalance).toBe(false);
    expect(output(["a:5044", "b:5044"])?.loadbalance).toBe(true);
  });

  it.each([
    ["host", host, ["container.id"]],
    ["node", node, ["pod_log.uid", "pod_log.container"]],
  ])("of a %s makes ids of what a line has under any name of its file", (_, render, identity) => {
    const fingerprint = step(render(logstash), "fingerprint");
    expect(fingerprint).toMatchObject({ target_field: "@metadata._id", method: "sha256" });
    expect(fingerprint?.fields).toEqual([...identity, "@timestamp", "stream", "message"]);
  });

  it.each([
    ["host", host],
    ["node", node],
  ])(
    "of a %s knows the line's origin and text before it makes the id, and asks nobody for it",
    (_, render) => {
      const names = steps(render(logstash)).flatMap((one) => Object.keys(one));
      expect(names.slice(0, 3)).toEqual(["dissect", "dissect", "fingerprint"]);
      expect(names.findIndex((name) => /^add_(docker|kubernetes)_metadata$/.test(name))).toBe(3);
    },
  );

  it("leaves out the shipper's own lines, and those of containers that are named", () => {
    expect(step(host(logstash, ["log-shipper-host1", "noise"]), "drop_event")).toEqual({
      when: {
        or: [
          { equals: { "container.name": "log-shipper-host1" } },
          { equals: { "container.name": "noise" } },
        ],
      },
    });
    const excluded = (parse(node(logstash)) as { "filebeat.inputs": { "prospector.scanner": Step }[] })[
      "filebeat.inputs"
    ][0]?.["prospector.scanner"].exclude_files as unknown as string[];
    const left = (path: string) => !excluded.some((pattern) => new RegExp(pattern).test(path));
    expect(left("/var/log/pods/log-shipper_log-shipper-x_1/filebeat/0.log")).toBe(false);
    expect(left("/var/log/pods/log-shipper-2_web_1/app/0.log")).toBe(true);
    expect(left("/var/log/pods/shop_web_1/app/0.log.20261121-100000")).toBe(true);
    expect(left("/var/log/pods/shop_web_1/app/0.log.20261121-100000.gz")).toBe(false);
  });

  it("never has a password that Filebeat would read as a variable", () => {
    const output = { ...elasticsearch, password: "hush${HOME}" };
    expect(() => host(output)).toThrow('the password of the log store has "${" in it');
    expect(() => host(output)).not.toThrow(/hush/);
  });

  it("keeps any password as it is", () => {
    for (const password of ["12345678", "yes", "a: 'b' \"c\" #d", "null", "%&*!|>@`"]) {
      const text = host({ ...elasticsearch, password });
      expect((parse(text) as Record<string, Step>)["output.elasticsearch"]).toMatchObject({ password });
    }
  });

  it("has segments of the queue that take the longest lines", () => {
    const queue = (queueMiB: number) =>
      (parse(hostConfig({ ...common, queueMiB, hostName: "h", exclude: [], output: logstash })) as Step)[
        "queue.disk"
      ];
    expect(queue(16)).toEqual({ max_size: "16MiB", segment_size: "4MiB" });
    expect(queue(1024)).toEqual({ max_size: "1024MiB", segment_size: "20MiB" });
  });
});

describe("a data stream's name", () => {
  it("has three parts", () => {
    expect(dataStreamFields("logs-shop.web-prod")).toEqual({
      type: "logs",
      dataset: "shop.web",
      namespace: "prod",
    });
    for (const name of ["logs", "logs-containers", "logs-a-b-c", "logs--b", ""])
      expect(() => dataStreamFields(name), name).toThrow("TYPE-DATASET-NAMESPACE");
  });
});

import { describe, expect, it } from "vitest";
import {
  indexTemplate,
  mappings,
  settings,
  snapshotPolicy,
  writerRole,
} from "../../../components/logging/bodies";
import { dataStreamsOf } from "../../../components/logging/data-streams";
import { startScript } from "../../../components/logging/elasticsearch";
import { elasticsearchYml } from "../../../components/logging/elasticsearch-yml";
import { keeperUnits, rotationOf } from "../../../components/logging/keeper";
import { kibanaYml } from "../../../components/logging/kibana-yml";
import { logstashYml, pipelineConf, pipelinesYml } from "../../../components/logging/logstash";
import { nginxConf } from "../../../components/logging/nginx-conf";
import { savedObjects } from "../../../components/logging/saved-objects";
import { standInJson } from "../../../components/logging/stand-in";

const nodes = ["a", "b", "c"].map((name, index) => ({ name, address: `192.0.2.1${index + 1}` }));
const receiver = {
  address: "192.0.2.11",
  urls: ["https://192.0.2.11:9200", "https://192.0.2.12:9200"],
  writer: { user: "farmstack_writer_0", password: "PASSWORD" },
  dataStreams: dataStreamsOf("prod"),
};

describe("Elasticsearch's settings", () => {
  it("of one node", () => {
    const yml = elasticsearchYml({
      cluster: "logging",
      node: nodes[0]!,
      nodes: nodes.slice(0, 1),
      lockMemory: false,
      snapshots: true,
    });
    expect(yml).toMatchSnapshot();
    expect(yml).not.toMatch(/[&*]a\d/); // Elasticsearch reads no aliases
  });

  it("of one among three", () => {
    expect(
      elasticsearchYml({ cluster: "logging", node: nodes[1]!, nodes, lockMemory: true, snapshots: false }),
    ).toMatchSnapshot();
    expect(startScript(2048, "b")).toMatchSnapshot();
  });
});

describe("what Elasticsearch is told", () => {
  it("has fields for hosts, containers, services, pods and durations", () => {
    expect(Object.keys(mappings.properties)).toEqual(
      expect.arrayContaining([
        "@timestamp",
        "message",
        "stack",
        "host",
        "container",
        "service",
        "kubernetes",
        "event",
      ]),
    );
    expect(mappings).toMatchSnapshot();
  });

  it("has copies only where there is another node for them", () => {
    expect(settings(1).index.number_of_replicas).toBe(0);
    expect(settings(3).index.number_of_replicas).toBe(1);
  });

  it("lets writers add events and nothing else", () => {
    expect(writerRole.indices[0]?.privileges).toEqual(["create_doc", "auto_configure"]);
    expect(writerRole.cluster).toEqual(["monitor"]);
  });

  it("says how long only where it keeps to it", () => {
    expect(indexTemplate(7).template).toEqual({ lifecycle: { data_retention: "7d" } });
    expect(indexTemplate().template).toEqual({});
    expect(indexTemplate()).toMatchObject({ data_stream: {}, priority: 500 });
    expect(snapshotPolicy("03:15", 7)).toMatchObject({
      schedule: "0 15 3 * * ?",
      retention: { max_count: 7 },
    });
  });

  it.each([
    [
      { days: 14, maxGiB: 50 },
      { min_docs: 1, max_age: "1d", max_primary_shard_size: "5120mb" },
    ],
    [
      { days: 1, maxGiB: 1 },
      { min_docs: 1, max_age: "2h", max_primary_shard_size: "102mb" },
    ],
    [
      { days: 365, maxGiB: 5000 },
      { min_docs: 1, max_age: "36d", max_primary_shard_size: "51200mb" },
    ],
  ])("begins a new index in time: %j", (retention, conditions) => {
    expect(rotationOf(retention)).toEqual({ conditions });
  });

  it("names data streams by the stack, in their own alphabet", () => {
    expect(dataStreamsOf("My-Stack").pods).toBe("logs-pods-my_stack");
  });
});

describe("the receivers' settings", () => {
  it("of Logstash", () => {
    expect(logstashYml("a", { queueMiB: 1024, deadLettersMiB: 256 })).toMatchSnapshot();
    expect(pipelinesYml).toMatchSnapshot();
    expect(pipelineConf(receiver)).toMatchSnapshot();
  });

  it("of what stands in for it, without the password", () => {
    expect(standInJson(receiver)).toMatchSnapshot();
    expect(standInJson(receiver)).not.toContain("PASSWORD");
  });
});

describe("what people look at", () => {
  it("is Kibana on the loopback", () => {
    const keys = { sessions: "KEY1", savedObjects: "KEY2", reports: "KEY3" };
    expect(
      kibanaYml({
        name: "a",
        urls: receiver.urls,
        publicUrl: "https://logs.example.com/",
        password: "PASSWORD",
        keys,
      }),
    ).toMatchSnapshot();
  });

  it.each(["kibana", "elasticsearch"] as const)("comes in through nginx to %s", (to) => {
    expect(
      nginxConf({
        port: 443,
        allow: ["192.0.2.0/24", "2001:db8::/64"],
        to,
        address: "192.0.2.11",
        hostName: "a",
      }),
    ).toMatchSnapshot();
  });

  it("is a view, a search and a dashboard, each pointing only at what comes before it", () => {
    const objects = savedObjects
      .trim()
      .split("\n")
      .map(
        (line) =>
          JSON.parse(line) as { id: string; type: string; references: { id: string; type: string }[] },
      );
    const seen: string[] = [];
    for (const { id, type, references } of objects) {
      for (const one of references) expect(seen).toContain(`${one.type} ${one.id}`);
      seen.push(`${type} ${id}`);
    }
    expect(seen.at(-1)).toBe("dashboard farmstack-services");
    expect(savedObjects).toMatchSnapshot();
  });
});

it("what runs by itself", () => {
  expect(keeperUnits({})).not.toHaveProperty("farmstack-logging-snapshot.timer");
  expect(keeperUnits({ repository: { path: "/x", at: "02:00" } })).toMatchSnapshot();
});

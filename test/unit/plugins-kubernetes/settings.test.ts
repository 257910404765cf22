import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkSettings, diffSettings, kubeConfigOf } from "../../../lab/plugins/kubernetes/settings";
import { type Properties, unknown } from "../../../lab/plugins/resource-type";
import { kubeconfigFor } from "./fake-api-server";

const one = kubeconfigFor("https://one:6443");
const two = kubeconfigFor("https://two:6443");
const otherToken = one.replace("t0ken", "other");

const faults = (config: Properties) =>
  checkSettings(config).map(({ property, reason }) => `${property}: ${reason}`);

test("a kubeconfig is needed: as text, decoded, or as a path; an unknown one passes", () => {
  const path = join(mkdtempSync(join(tmpdir(), "kubeconfig-")), "config");
  writeFileSync(path, one);
  for (const kubeconfig of [one, JSON.parse(one), path, unknown]) expect(faults({ kubeconfig })).toEqual([]);
  expect(kubeConfigOf({ kubeconfig: path }).getCurrentCluster()?.server).toBe("https://one:6443");
  expect(faults({})).toEqual([
    expect.stringContaining("kubeconfig: the lab's stand-in for kubernetes needs one"),
  ]);
});

test("what is wrong with a kubeconfig, without a word of what is in it", () => {
  expect(faults({ kubeconfig: one, context: "x" })).toEqual(['kubeconfig: has no context "x"; it has one']);
  expect(faults({ kubeconfig: one, cluster: "x" })).toEqual(['kubeconfig: has no cluster "x"']);
  expect(faults({ kubeconfig: "s3cret: [" })).toEqual([
    "kubeconfig: is neither a file that can be read nor the text of a kubeconfig",
  ]);
});

test("client-side apply is refused", () => {
  expect(faults({ kubeconfig: one, enableServerSideApply: "false" })).toEqual([
    expect.stringContaining("enableServerSideApply: "),
  ]);
  expect(faults({ kubeconfig: one, enableServerSideApply: "true" })).toEqual([]);
});

test.each<[what: string, olds: Properties, news: Properties, found: string[]]>([
  ["another cluster", { kubeconfig: one }, { kubeconfig: two }, ["kubeconfig: replace"]],
  ["another token", { kubeconfig: one }, { kubeconfig: otherToken }, ["kubeconfig: update"]],
  ["what is not known yet", { kubeconfig: one }, { kubeconfig: unknown }, ["kubeconfig: replace"]],
  [
    "another cluster that is said to be the same",
    { kubeconfig: one, clusterIdentifier: "c" },
    { kubeconfig: two, clusterIdentifier: "c" },
    ["kubeconfig: update"],
  ],
  [
    "one that is not known yet and said to be the same",
    { kubeconfig: one, clusterIdentifier: "c" },
    { kubeconfig: unknown, clusterIdentifier: "c" },
    ["kubeconfig: update"],
  ],
  [
    "the same cluster under another identifier",
    { kubeconfig: one, clusterIdentifier: "c" },
    { kubeconfig: one, clusterIdentifier: "d" },
    ["clusterIdentifier: replace"],
  ],
  [
    "an identifier for the first time",
    { kubeconfig: one },
    { kubeconfig: one, clusterIdentifier: "c" },
    ["clusterIdentifier: update"],
  ],
  [
    "another namespace",
    { kubeconfig: one, namespace: "a" },
    { kubeconfig: one, namespace: "b" },
    ["namespace: update"],
  ],
])("%s", (_, olds, news, found) => {
  expect(diffSettings(olds, news).map(({ property, change }) => `${property}: ${change}`)).toEqual(found);
});

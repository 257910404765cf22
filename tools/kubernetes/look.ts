import { step } from "../../lab/progress";
import { lastLine, onHost, type RemoteHost, shellCommand } from "../connection";
import { Refusal } from "../outcome";
import { type Member, lookScript } from "./scripts";
import { fileHas, type SnapshotFile } from "./snapshot-file";
import { mebibytes } from "./snapshots";

/** A host of the control plane, and its member of etcd. */
export interface ControlPlane extends Member {
  host: RemoteHost;
  /** Whether a restore that was cut has left it stopped. */
  stopped: boolean;
  /** Whether its etcdutl can raise revisions. */
  canBump: boolean;
}

/**
 * Asks all hosts of the control plane what a restore has to know. Throws a Refusal with all reasons why it can't be;
 * nothing is changed.
 */
export async function lookAt(hosts: RemoteHost[], snapshot: SnapshotFile): Promise<ControlPlane[]> {
  const found = await step("looking at the control plane", () => Promise.all(hosts.map(look)));
  const problems = [
    ...found.flatMap(({ problem }) => problem ?? []),
    ...(await Promise.all(found.map((one) => unfit(one, snapshot)))).flat(),
    ...differentClusters(found),
    ...undeclared(found),
  ];
  if (problems.length > 0) throw new Refusal(`${problems.join("\n")}\nNothing was changed.`);
  return found.map(({ host, answers }) => ({
    host,
    name: answers.get("name") ?? "",
    peer: answers.get("peer") ?? "",
    stopped: answers.get("stopped") === "yes",
    canBump: answers.get("bump") === "yes",
  }));
}

interface Found {
  host: RemoteHost;
  answers: Map<string, string>;
  /** Why there are no answers. */
  problem?: string;
}

async function look(host: RemoteHost): Promise<Found> {
  const { code, stdout, stderr } = await onHost(host, lookScript).catch((error: Error) => ({
    code: 1,
    stdout: "",
    stderr: error.message,
  }));
  const answers = new Map(
    stdout.split("\n").map((line) => {
      const [word = "", ...rest] = line.trim().split(" ");
      return [word, rest.join(" ")];
    }),
  );
  return code === 0
    ? { host, answers }
    : {
        host,
        answers: new Map(),
        problem: `${host.name} is restored as well, and can't be asked: ${lastLine(stderr)}`,
      };
}

/** What is wrong with one host. */
async function unfit(
  { host, answers, problem }: Found,
  { path, name, bytes }: SnapshotFile,
): Promise<string[]> {
  if (problem !== undefined) return [];
  const say = (what: string, command: string) => `${host.name}: ${what}: ${shellCommand(host, command)}`;
  if (!answers.get("cluster")?.endsWith(" member"))
    return [say("is no member of the cluster that pulumi up made", "cat /etc/kubernetes/farmstack-cluster")];
  if (!answers.get("name") || !answers.get("peer"))
    return [say("has no etcd that kubeadm made", "ls /etc/kubernetes/manifests")];
  const problems: string[] = [];
  if (answers.get("data") !== "/var/lib/etcd")
    problems.push(
      say(`etcd's data is in ${answers.get("data")}`, "grep data-dir /etc/kubernetes/manifests/etcd.yaml"),
    );
  if (answers.get("kubelet") !== "active")
    problems.push(
      say(
        `the kubelet, which stops and starts etcd, is ${answers.get("kubelet")}`,
        "systemctl status kubelet",
      ),
    );
  // The snapshot as it was sent, and the data that is made of it.
  if (Number(answers.get("free")) < 2 * bytes)
    problems.push(
      say(`less than ${mebibytes(2 * bytes)} are free beside etcd's data`, "df -h /var/lib/etcd"),
    );
  // Its public part is in every namespace of a cluster.
  const authority = answers.get("authority") ?? "";
  if (authority.length < 16 || !(await fileHas(path, authority)))
    problems.push(
      `${name} is no snapshot of the cluster of ${host.name}: the certificate authority is another`,
    );
  return problems;
}

function differentClusters(found: Found[]): string[] {
  const clusters = new Set(found.flatMap(({ answers }) => answers.get("cluster") ?? []));
  return clusters.size > 1
    ? [`${found.map(({ host }) => host.name).join(", ")} are not of the same cluster`]
    : [];
}

/** Members that the stack does not know would go on with the old data. */
function undeclared(found: Found[]): string[] {
  const declared = found.flatMap(({ answers }) => answers.get("name") ?? []);
  const known = found.flatMap(({ answers }) => answers.get("members")?.split(" ") ?? []).filter(Boolean);
  return [...new Set(known)]
    .filter((name) => !declared.includes(name))
    .map(
      (name) =>
        `etcd has a member ${name} that kubernetes.controlPlane does not have: put it back there, or end it (on ${name}: kubeadm reset)`,
    );
}

import { type remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { Container, type ContainerArgs, containerFingerprint } from "../container";
import { type Host } from "../hosts";
import { adminSocket, containerName, type DaemonKind, socketFolder } from "./daemons";
import { type GateArgs, mayStop } from "./gates";

export interface DaemonArgs {
  kind: DaemonKind;
  /** Name of the daemon; for an OSD that of its store. */
  id: string;
  host: Host;
  container: Omit<ContainerArgs, "host" | "image" | "component" | "health" | "tmpfs">;
  /** Arguments of `ceph` that fail while the cluster can't do without the daemon, such as `mon ok-to-stop a`. */
  okToStop?: pulumi.Input<string>;
  /** Arguments of `ceph` that are run before the daemon goes and after it is back. @default nothing */
  around?: { before: pulumi.Input<string>; after: pulumi.Input<string> };
  /** Script that succeeds when the daemon is back. */
  isBack: (gate: GateArgs) => pulumi.Input<string>;
  /** Tries of each gate, one a second. */
  patience: number;
}

/** What a daemon leaves for those that come after it. */
export interface Daemon {
  container: Container;
  /** Behind it the daemon is back. */
  back: remote.Command;
}

/**
 * A daemon between its two gates: before it is changed the cluster has to say that it can do without it, and after
 * that the next step waits until it is back. Both are bound to what they are about, so they ask only when that changes.
 */
export function createDaemon(
  args: DaemonArgs,
  dependsOn: pulumi.Resource[],
  parent: pulumi.Resource,
): Daemon {
  const { kind, id, host, patience } = args;
  const name = containerName(kind, id);
  const gate = { container: name, patience, look: host.shellCommand(`docker logs --tail 50 ${name}`) };
  const definition: ContainerArgs = {
    ...args.container,
    host,
    image: "ceph",
    component: "ceph",
    tmpfs: { [socketFolder]: "mode=0755" },
    health: { command: ["ceph", "--admin-daemon", adminSocket(kind), "version"], interval: "30s" },
  };

  const before = args.okToStop
    ? host.run(
        `${name}-may-change`,
        {
          script: pulumi
            .all([containerFingerprint(definition), args.okToStop, args.around?.before])
            .apply(([because, question, then]) => mayStop(question, { ...gate, because, then })),
        },
        { parent, dependsOn },
      )
    : undefined;
  const container = new Container(name, definition, {
    parent,
    dependsOn: before ? [...dependsOn, before] : dependsOn,
  });
  const back = host.run(
    `${name}-back`,
    {
      script: pulumi
        .all([container.containerId, args.around?.after])
        .apply(([because, then]) => pulumi.output(args.isBack({ ...gate, because, then }))),
    },
    { parent },
  );
  return { container, back };
}

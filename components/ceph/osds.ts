import { type remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { type ContainerFile } from "../container";
import { type Host } from "../hosts";
import { quote } from "../hosts/shell";
import { cephxKey, keyBytes, type KeyType } from "./cephx-key";
import { createDaemon } from "./daemon";
import { containerName, osdCommand, osdDataPath, osdDevicePath } from "./daemons";
import { osdGate } from "./gates";
import { guardOsdRemoval } from "./osd-removal";
import { osdCheckScript, osdStoreScript, type OsdStore, storeName } from "./osd-store";

const patience = 300;

/** An OSD: one store on one host. */
export interface OsdArgs {
  host: Host;
  store: OsdStore;
}

export interface OsdsArgs {
  /** Name of the cluster's component. */
  cluster: string;
  osds: OsdArgs[];
  fsid: pulumi.Output<string>;
  cephConf: pulumi.Output<string>;
  keyType: KeyType;
  /** Most memory of an OSD, MiB. */
  memoryMiB: number;
  files: ContainerFile[];
  /** Container of a monitor, on the host that runs it, where new OSDs are announced. */
  monitor: { host: Host; container: string };
  after: remote.Command;
}

/**
 * The OSDs. Their stores are made side by side; the daemons are changed one after the other, each only when the
 * cluster says that it can do without it.
 */
export function createOsds(args: OsdsArgs, parent: pulumi.Resource): remote.Command {
  const containers = args.osds.map((osd) => `${containerName("osd", osdName(osd))}-container`);
  const guard = guardOsdRemoval(args.cluster, containers, args.monitor);
  let before = args.after;
  for (const osd of args.osds) {
    const { number, uuid, store } = createStore(osd, args, parent);
    const name = osdName(osd);
    const daemon = createDaemon(
      {
        kind: "osd",
        id: name,
        host: osd.host,
        container: {
          command: osdCommand(number),
          files: args.files,
          volumes: [{ hostPath: storeDirectory(osd), path: osdDataPath }],
          devices: osd.store.device ? [{ hostPath: osd.store.device, path: osdDevicePath }] : undefined,
          memoryMiB: args.memoryMiB,
          beforeDelete: guard,
        },
        okToStop: pulumi.interpolate`osd ok-to-stop ${number}`,
        // A change takes seconds: its copies need not be made elsewhere meanwhile.
        around: {
          before: pulumi.interpolate`osd add-noout osd.${number}`,
          after: pulumi.interpolate`osd rm-noout osd.${number}`,
        },
        isBack: (gate) => pulumi.all([number, uuid]).apply(([id, its]) => osdGate(id, its, gate)),
        patience,
      },
      [store, before],
      parent,
    );
    before = daemon.back;
  }
  return before;
}

/** Stable for as long as the host and the device are: neither order nor number of the list is in it. */
export const osdName = ({ host, store }: OsdArgs): string => `${host.hostName}-${storeName(store)}`;

const storeDirectory = (osd: OsdArgs): string => `${osd.host.dataDirectory}/ceph/osd-${storeName(osd.store)}`;

function createStore(osd: OsdArgs, args: OsdsArgs, parent: pulumi.Resource) {
  const name = containerName("osd", osdName(osd));
  // Not protected: what keeps them is the container, which does not go before the data is safe elsewhere.
  const uuid = new random.RandomUuid(`${name}-uuid`, {}, { parent }).result;
  const secret = new random.RandomBytes(`${name}-key`, { length: keyBytes(args.keyType) }, { parent }).base64;
  const key = secret.apply((base64) => cephxKey(args.keyType, Buffer.from(base64, "base64")));

  const place = { store: osd.store, directory: storeDirectory(osd) };
  const image = osd.host.image("ceph");
  const free = osd.host.run(
    `${name}-check`,
    {
      script: pulumi
        .all([uuid, image])
        .apply(([its, id]) => osdCheckScript({ ...place, uuid: its, image: id })),
    },
    { parent },
  );
  const announced = args.monitor.host.run(
    `${name}-number`,
    { script: pulumi.all([uuid, key]).apply(([id, its]) => announceScript(args.monitor.container, id, its)) },
    { parent, dependsOn: [args.after, free] },
  );
  const number = announced.stdout.apply((printed) => printed.trim());
  const store = osd.host.run(
    `${name}-store`,
    {
      script: pulumi
        .all([number, uuid, args.fsid, key, args.cephConf, image])
        .apply(([id, its, fsid, itsKey, cephConf, itsImage]) =>
          osdStoreScript({ ...place, number: id, uuid: its, fsid, key: itsKey, cephConf, image: itsImage }),
        ),
      timeout: "15m",
    },
    { parent },
  );
  return { number, uuid, store };
}

/** Prints the number that the cluster has for this OSD: a new one at the first time, the same one ever after. */
function announceScript(monitor: string, uuid: string, key: string): string {
  return `
docker exec --interactive ${quote(monitor)} ceph --connect-timeout 30 osd new ${uuid} -i - <<'SECRET'
{"cephx_secret": "${key}"}
SECRET
`;
}

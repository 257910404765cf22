import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { type ContainerFile } from "../container";
import { type Host } from "../hosts";
import { cephxKey, keyBytes, type KeyType } from "./cephx-key";
import { type CommandLine } from "./command-line";
import { createDaemon } from "./daemon";
import { containerName, osdCommand, osdDataPath, osdDevicePath } from "./daemons";
import { osdGate } from "./gates";
import { osdStoreScript, type OsdStore, storeName } from "./osd-store";
import { guardOsds } from "./removal";
import { setStoreAside } from "./store";

const patience = 300;

/** An OSD: one store on one host. */
export interface OsdArgs {
  /** Host that has the store. */
  host: Host;
  /** Where its data is: a device, or for a lab a file. */
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
  adminKeyring: pulumi.Output<string>;
  monitor: CommandLine;
  /** Whether the container of an OSD that is no longer declared goes only when its data is safe without it. */
  protect: boolean;
  after: pulumi.Resource[];
}

/**
 * The OSDs. Their stores are made side by side; the daemons are changed one after the other, each only when the
 * cluster says that it can do without it.
 */
export function createOsds(args: OsdsArgs, parent: pulumi.Resource): pulumi.Resource[] {
  const containers = args.osds.map((osd) => `${containerName("osd", osdName(osd))}-container`);
  // Known to the engine in any case: the state of a run with protection asks for them.
  const guards = guardOsds(args.cluster, containers, args.monitor, args.protect);
  const removal = args.protect ? guards : undefined;
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
          command: osdCommand(number, osd.store.device !== undefined),
          files: args.files,
          volumes: [{ hostPath: storeDirectory(osd), path: osdDataPath }],
          devices: osd.store.device ? [{ hostPath: osd.store.device, path: osdDevicePath }] : undefined,
          memoryMiB: args.memoryMiB,
          removal,
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
      [store, ...before],
      parent,
    );
    before = [daemon.back];
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

  const image = osd.host.image("ceph");
  const store = osd.host.run(
    `${name}-store`,
    {
      script: pulumi
        .all([uuid, args.fsid, key, args.cephConf, args.adminKeyring, image])
        .apply(([its, fsid, itsKey, cephConf, adminKeyring, itsImage]) =>
          osdStoreScript({
            store: osd.store,
            directory: storeDirectory(osd),
            uuid: its,
            fsid,
            key: itsKey,
            cephConf,
            adminKeyring,
            image: itsImage,
          }),
        ),
      timeout: "15m",
      undo: setStoreAside(storeDirectory(osd), name),
    },
    { parent, dependsOn: args.after, deleteBeforeReplace: false },
  );
  // The script is a secret, what it prints is none.
  const number = pulumi.unsecret(store.stdout.apply((printed) => printed.trim().split("\n").pop() ?? ""));
  return { number, uuid, store };
}

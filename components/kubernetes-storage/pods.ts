import { type types } from "@pulumi/kubernetes";
import { imageReference, type ImageSources } from "../images";
import { cephConfName, clusterConfigName, type DriverKind, driverName } from "./drivers";

type Container = types.input.core.v1.Container;
type PodSpec = types.input.core.v1.PodSpec;
type Volume = types.input.core.v1.Volume;

const kubelet = "/var/lib/kubelet";
/** Folder of the driver's socket, in each of its containers. */
const sockets = "/csi";
const socket = `${sockets}/csi.sock`;

const mounts = (volumes: Record<string, string>) =>
  Object.entries(volumes).map(([name, mountPath]) => ({ name, mountPath }));

/** Configuration of the driver, and a place in memory for keys. */
const configMounts = mounts({
  "cluster-config": "/etc/ceph-csi-config",
  "ceph-conf": "/etc/ceph",
  keys: "/tmp/csi/keys",
});
const configVolumes: Volume[] = [
  { name: "cluster-config", configMap: { name: clusterConfigName } },
  { name: "ceph-conf", configMap: { name: cephConfName } },
  { name: "keys", emptyDir: { medium: "Memory" } },
];

const hostPath = (name: string, path: string, type: string): Volume => ({ name, hostPath: { path, type } });

/** Memory and processor time that a container asks for, and the most memory that it gets, MiB. */
const resources = (memory: number, mostMemory: number, cpu: string) => ({
  requests: { memory: `${memory}Mi`, cpu },
  limits: { memory: `${mostMemory}Mi` },
});

/** ceph-csi itself. */
function driver(kind: DriverKind, images: ImageSources, role: string, more: Partial<Container>): Container {
  return {
    name: "driver",
    image: imageReference("cephCsi", images),
    args: [
      `--type=${kind}`,
      `--${role}=true`,
      `--drivername=${driverName(kind)}`,
      "--nodeid=$(NODE_ID)",
      `--endpoint=unix://${socket}`,
      "--setmetadata=true", // in Ceph a volume says whose claim it is
      "--v=3",
    ],
    env: [
      { name: "NODE_ID", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
      { name: "POD_NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } },
    ],
    resources: resources(128, 512, "50m"),
    ...more,
  };
}

/** Runs as root, whose socket the driver's is, and may do nothing else that root may. */
const confined = {
  runAsUser: 0,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};

/** A helper of Kubernetes, which knows the API and talks to the driver. */
function helper(
  name: string,
  image: Parameters<typeof imageReference>[0],
  images: ImageSources,
  more: Partial<Container> & { args: string[] },
): Container {
  return {
    name,
    image: imageReference(image, images),
    securityContext: { ...confined, readOnlyRootFilesystem: true },
    resources: resources(32, 128, "10m"),
    volumeMounts: mounts({ sockets }),
    ...more,
    args: [`--csi-address=${socket}`, "--v=1", ...more.args],
  };
}

/** One that works for the whole cluster, so only one of all the pods' at a time. It ends when it no longer holds its lease in time. */
function leading(
  name: string,
  image: Parameters<typeof imageReference>[0],
  images: ImageSources,
  port: number,
  args: string[],
): Container {
  return helper(name, image, images, {
    args: [
      "--leader-election=true",
      "--timeout=150s",
      "--retry-interval-start=500ms",
      `--http-endpoint=:${port}`,
      ...args,
    ],
    ports: [{ name, containerPort: port }],
    livenessProbe: {
      httpGet: { path: "/healthz/leader-election", port: name },
      initialDelaySeconds: 10,
      periodSeconds: 20,
      timeoutSeconds: 10,
    },
  });
}

/** The pods that make volumes, wherever they run. */
export function provisionerPod(
  kind: DriverKind,
  images: ImageSources,
): Omit<PodSpec, "serviceAccountName" | "topologySpreadConstraints"> {
  const filesystem = kind === "rbd" ? ["--default-fstype=ext4"] : [];
  return {
    priorityClassName: "system-cluster-critical",
    containers: [
      driver(kind, images, "controllerserver", {
        securityContext: confined,
        volumeMounts: [...mounts({ sockets }), ...configMounts],
      }),
      leading("provisioner", "csiProvisioner", images, 8090, [
        "--extra-create-metadata=true",
        "--immediate-topology=false", // no node is nearer to Ceph than another
        ...filesystem,
      ]),
      // Both drivers let a volume grow while it is used, so its pods need not be watched.
      leading("resizer", "csiResizer", images, 8091, ["--handle-volume-inuse-error=false"]),
      ...(kind === "rbd" ? [leading("attacher", "csiAttacher", images, 8092, filesystem)] : []),
    ],
    volumes: [{ name: "sockets", emptyDir: { medium: "Memory" } }, ...configVolumes],
  };
}

/**
 * The pod on each node that mounts volumes for the others. Privileged, as it mounts on the host; in the host's network,
 * so that what it has mounted outlives it.
 */
export function nodePod(kind: DriverKind, images: ImageSources): Omit<PodSpec, "serviceAccountName"> {
  const folder = `${kubelet}/plugins/${driverName(kind)}`;
  const visible = { mountPropagation: "Bidirectional" };
  return {
    priorityClassName: "system-node-critical",
    hostNetwork: true,
    hostPID: true,
    dnsPolicy: "ClusterFirstWithHostNet",
    tolerations: [{ operator: "Exists" }], // any node may have a pod with a volume
    containers: [
      driver(kind, images, "nodeserver", {
        securityContext: { privileged: true },
        volumeMounts: [
          ...mounts({ sockets, "mount-info": `${sockets}/mountinfo` }),
          { name: "pods", mountPath: `${kubelet}/pods`, ...visible },
          { name: "plugins", mountPath: `${kubelet}/plugins`, ...visible },
          ...mounts({ devices: "/dev", sys: "/sys", "mount-table": "/run/mount" }),
          { name: "modules", mountPath: "/lib/modules", readOnly: true },
          ...configMounts,
        ],
      }),
      helper("registrar", "csiNodeDriverRegistrar", images, {
        args: [`--kubelet-registration-path=${folder}/csi.sock`],
        volumeMounts: mounts({ sockets, registration: "/registration" }),
      }),
    ],
    volumes: [
      hostPath("sockets", folder, "DirectoryOrCreate"),
      hostPath("mount-info", `${folder}/mountinfo`, "DirectoryOrCreate"),
      hostPath("registration", `${kubelet}/plugins_registry`, "Directory"),
      hostPath("pods", `${kubelet}/pods`, "DirectoryOrCreate"),
      hostPath("plugins", `${kubelet}/plugins`, "Directory"),
      hostPath("devices", "/dev", "Directory"),
      hostPath("sys", "/sys", "Directory"),
      hostPath("mount-table", "/run/mount", "DirectoryOrCreate"),
      hostPath("modules", "/lib/modules", "Directory"),
      ...configVolumes,
    ],
  };
}

import { privilegeExceptions } from "../exceptions";
import { containersOf, containerTitle, podOf } from "../pods";
import { listOf, objectsOf, type Planned, type Props, textAt, valueAt } from "../planned";
import { type ResourceRule } from "../rule";

/**
 * What reaches beyond a container, such as `host network`, `capability SYS_ADMIN`, `device /dev/fuse`,
 * `host path /sys`, `privileged`.
 */
export function privilegesOf(resource: Planned): string[] {
  const { type, props } = resource;
  if (type === "docker:index/container:Container") return ofHostContainer(props);
  if (type === "kubernetes:core/v1:Namespace") {
    const enforced = valueAt(props, "metadata", "labels", "pod-security.kubernetes.io/enforce");
    return enforced === "privileged" ? ["privileged pods"] : [];
  }
  const pod = podOf(resource);
  return pod ? ofPod(pod, containersOf(resource)) : [];
}

/** What every container of Docker has that does not drop it: https://docs.docker.com/engine/security/#linux-kernel-capabilities */
const usual = new Set([
  ...["AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD"],
  ...["NET_BIND_SERVICE", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"],
]);

function ofHostContainer(props: Props): string[] {
  return [
    ...(props.privileged === true ? ["privileged"] : []),
    ...(["network", "pid", "ipc", "userns"] as const).flatMap((kind) =>
      textAt(props, `${kind}Mode`) === "host" ? [`host ${kind}`] : [],
    ),
    ...listOf(valueAt(props, "capabilities", "adds")).flatMap((name) =>
      typeof name === "string" && !usual.has(name.replace(/^CAP_/, "")) ? [`capability ${name}`] : [],
    ),
    ...listOf(props.securityOpts).flatMap((option) =>
      typeof option === "string" && /unconfined|disable/.test(option)
        ? [`without ${option.split(/[=:]/)[0]}`]
        : [],
    ),
    ...objectsOf(props.devices).map((device) => `device ${textAt(device, "hostPath") ?? "?"}`),
    ...[
      ...objectsOf(props.volumes).map((volume) => textAt(volume, "hostPath")),
      ...objectsOf(props.mounts).map((mount) => textAt(mount, "source")),
    ].flatMap((path) => (path !== undefined && isSystem(path) ? [`host path ${path}`] : [])),
  ];
}

/** The host itself, or its container engine: whoever may write there is root on it. */
const isSystem = (path: string): boolean =>
  path === "/" || /^\/(boot|dev|etc|proc|root|run|sys|usr|var\/run)(\/|$)|\.sock$/.test(path);

function ofPod(pod: Props, containers: Props[]): string[] {
  return [
    ...(["Network", "PID", "IPC"] as const).flatMap((kind) =>
      pod[`host${kind}`] === true ? [`host ${kind.toLowerCase()}`] : [],
    ),
    ...objectsOf(pod.volumes).flatMap((volume) => {
      const path = textAt(volume, "hostPath", "path");
      return path === undefined ? [] : [`host path ${path}`];
    }),
    ...containers.flatMap((container) => {
      const title = containerTitle(container);
      const context = valueAt(container, "securityContext");
      const added = listOf(valueAt(context, "capabilities", "add"));
      return [
        ...(valueAt(context, "privileged") === true ? [`privileged ${title}`] : []),
        ...added.flatMap((name) => (typeof name === "string" ? [`capability ${name} of ${title}`] : [])),
      ];
    }),
  ];
}

/** Name of the container or object, as it is on the host or in the cluster; of its resource where that is not known. */
export const ownName = ({ type, name, props }: Planned): string =>
  (type.startsWith("kubernetes:") ? textAt(props, "metadata", "name") : textAt(props, "name")) ?? name;

export const privilege: ResourceRule = {
  name: "privilege",
  description: "A container reaches its host only where policy/exceptions.ts says which does and why.",
  level: "mandatory",
  check: (resource) => {
    const mine = privilegeExceptions.filter(
      ({ type, name }) => type === resource.type && name.test(ownName(resource)),
    );
    return privilegesOf(resource)
      .filter((privilege) => !mine.some(({ may }) => may.some((form) => form.test(privilege))))
      .map(
        (privilege) =>
          `${ownName(resource)} has ${privilege}: do without it, or add it with its reason to policy/exceptions.ts`,
      );
  },
};

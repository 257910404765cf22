import { isProps, type Planned, unknown } from "../planned";
import { type ResourceRule } from "../rule";

const isContainer = ({ type }: Planned): boolean => type === "docker:index/container:Container";

/** Drivers that keep no file on the host that could fill its disk. */
const elsewhere = ["fluentd", "gelf", "journald", "none", "syslog"];

export const logRotation: ResourceRule = {
  name: "log-rotation",
  description: "The log of a container on a host is rotated.",
  level: "mandatory",
  check: (resource) => {
    const { logDriver, logOpts } = resource.props;
    if (!isContainer(resource) || logDriver === unknown || logOpts === unknown) return [];
    if (typeof logDriver === "string" && elsewhere.includes(logDriver)) return [];
    const options = isProps(logOpts) ? logOpts : {};
    const missing = ["max-size", "max-file"].filter((option) => options[option] === undefined);
    return missing.length > 0
      ? [`its log grows until the disk is full: logOpts has no ${missing.join(", no ")}`]
      : [];
  },
};

export const restartPolicy: ResourceRule = {
  name: "restart-policy",
  description: "A container on a host comes back after a crash and after a boot.",
  level: "mandatory",
  check: (resource) => {
    const { restart, mustRun } = resource.props;
    // One that need not run does its work once.
    if (!isContainer(resource) || restart === unknown || mustRun === false) return [];
    return restart === "always" || restart === "unless-stopped"
      ? []
      : ["it stays down after a crash or a boot: restart has to be unless-stopped or always"];
  },
};

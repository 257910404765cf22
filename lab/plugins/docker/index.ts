import { type Plugin } from "../resource-type";
import { container } from "./container";
import { network } from "./network";
import { remoteImage } from "./remote-image";
import { volume } from "./volume";

/** Stands in for @pulumi/docker where the official plugin cannot be downloaded. */
export const dockerPlugin: Plugin = {
  name: "docker",
  version: "5.2.0",
  types: {
    "docker:index/container:Container": container,
    "docker:index/remoteImage:RemoteImage": remoteImage,
    "docker:index/network:Network": network,
    "docker:index/volume:Volume": volume,
  },
  config: [
    "host",
    "sshOpts",
    "registryAuth",
    "caMaterial",
    "certMaterial",
    "keyMaterial",
    "disableDockerDaemonCheck",
    "context",
    "certPath",
  ],
};

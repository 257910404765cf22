import { kubernetesInMemory } from "../memory/kubernetes";
import { type Plugin, type Properties } from "../resource-type";
import { type Cluster } from "./cluster";
import { isPatch, kindOf } from "./kind";
import { objectType, type Surroundings } from "./object";
import { patchType } from "./patch";
import { connect } from "./real-cluster";
import { checkSettings, diffSettings, settingNames } from "./settings";
import { waitByLooking } from "./wait";

/** The plugin for objects in these surroundings. */
const kubernetesIn = (surroundings: Surroundings): Plugin => ({
  name: "kubernetes",
  version: "4.34.2",
  types: {},
  foresees: true,
  typeOf: (token) => (isPatch(token) ? patchType : objectType)(kindOf(token), surroundings),
  config: settingNames,
  checkConfig: checkSettings,
  diffConfig: diffSettings,
});

/** Stands in for @pulumi/kubernetes where the official plugin cannot be downloaded. */
export const kubernetesPlugin: Plugin = {
  ...kubernetesIn({ connect: once(connect), wait: waitByLooking }),
  inMemory: (file) => kubernetesIn(kubernetesInMemory(file)),
};

/** One connection for all resources: a plugin process has one configuration. */
function once(make: (config: Properties) => Cluster): (config: Properties) => Cluster {
  const made = new WeakMap<Properties, Cluster>();
  return (config) => {
    const cluster = made.get(config) ?? make(config);
    made.set(config, cluster);
    return cluster;
  };
}

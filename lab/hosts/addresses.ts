/** The lab's hosts. */
export const labHosts = [
  { name: "host1", address: "10.77.0.11" },
  { name: "host2", address: "10.77.0.12" },
  { name: "host3", address: "10.77.0.13" },
];

/** The lab's registry, as the hosts reach it. */
export const registryAddress = "10.77.0.10:5000";
/** The same registry, as this machine reaches it: engines trust a registry on loopback without TLS. */
export const registryUpload = "127.0.0.1:5077";

export const networkName = "farmstack-lab";
export const bridge = "lab0";
export const subnet = "10.77.0.0/24";
export const gateway = "10.77.0.1";

/** Marks all that is the lab's in an engine; nothing without it is ever touched. */
export const labLabel = "farmstack.lab";

/** Name of the container that is a host, or the registry. */
export const containerName = (name: string) => `farmstack-lab-${name}`;

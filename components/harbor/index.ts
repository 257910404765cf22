export { type GivenCertificate } from "./certificates";
export { type HarborConnection, HarborRegistry, type HarborRegistryArgs } from "./harbor";
export { defaultMemoryMiB, type PartName, partNames } from "./parts";
export { type ScannerSettings } from "./render/scanner";
export { defaultVersion, versionProblem } from "./versions";

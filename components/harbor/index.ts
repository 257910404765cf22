export { type GivenCertificate } from "./certificates";
export { type HarborConnection, HarborRegistry, type HarborRegistryArgs } from "./harbor";
export { type PartName, partNames } from "./part-names";
export { defaultMemoryMiB } from "./parts";
export { type ScannerSettings } from "./render/scanner";
export { defaultVersion, harborImages, imagesOf, releaseOf, versionProblem } from "./versions";

export { MongoDatabase, type BackupArgs, type MongoDatabaseArgs } from "./database";
export { type EngineName } from "./engine";
export { type ClaimStorage, type GivenVolume, type WantedVolume } from "./storage";

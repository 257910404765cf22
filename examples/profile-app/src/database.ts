import { MongoClient } from "mongodb";
import { type Profiles, type StoredProfile } from "./profile";
import { type Settings } from "./settings";

/** There is one profile. */
const only = { _id: "profile" };

/**
 * The profile in MongoDB. Connects when it is first needed, and again after the database was away. The login is one of
 * the database `admin`, as MongoDB's own image makes it, unless DB_URL says otherwise.
 */
export function openDatabase({ databaseUrl, login }: Settings): Profiles & { close(): Promise<void> } {
  const client = new MongoClient(databaseUrl, {
    appName: "profile-app",
    auth: login,
    ...(databaseUrl.includes("authSource=") ? {} : { authSource: "admin" }),
    // A person waits for each of these.
    serverSelectionTimeoutMS: 2000,
    connectTimeoutMS: 2000,
    socketTimeoutMS: 5000,
  });
  const named = new URL(databaseUrl.replace(/^mongodb(\+srv)?:/, "http:").replace(/,[^/?]*/, "")).pathname;
  const database = client.db(named.slice(1) || "profile-app");
  const profiles = database.collection<StoredProfile & { _id: string }>("profiles");
  // The driver connects by itself once. After a first try that failed, as before the database is there, it would never
  // try again; where there is a connection this does nothing.
  const connected = () => client.connect();
  return {
    async read() {
      await connected();
      return (await profiles.findOne(only, { projection: { _id: 0 } })) ?? undefined;
    },
    async save(profile) {
      await connected();
      await profiles.replaceOne(only, { ...profile, savedAt: new Date() }, { upsert: true });
    },
    async ping() {
      await connected();
      await database.command({ ping: 1 });
    },
    close: () => client.close(),
  };
}

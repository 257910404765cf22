import { setTimeout as sleep } from "node:timers/promises";
import { createApp } from "./app";
import { openDatabase } from "./database";
import { jsonLog } from "./log";
import { readSettings, SettingsFault } from "./settings";

/** Seconds that requests under way have when no new ones are taken any more. */
const finishSeconds = 10;

const log = jsonLog((line) => process.stdout.write(line));

function start(): void {
  const settings = readSettings(process.env);
  const database = openDatabase(settings);
  const app = createApp({ ...settings, profiles: database, log });

  const stop = async (signal: string) => {
    log("info", "stopping", { signal });
    app.drain();
    await sleep(settings.drainSeconds * 1000); // until then whoever sends requests has seen that it isn't ready
    await app.close(finishSeconds * 1000);
    await database.close();
    log("info", "stopped");
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT"]) {
    process.once(signal, () => void stop(signal).catch(fail));
  }
  app.server.on("error", fail);
  app.server.listen(settings.port, () =>
    log("info", "listening", {
      port: settings.port,
      version: settings.version,
      database: settings.databaseUrl,
    }),
  );
}

function fail(error: unknown): never {
  const faults = error instanceof SettingsFault ? error.message.split("\n") : [String(error)];
  for (const fault of faults) log("error", fault);
  process.exit(1);
}

process.on("uncaughtException", fail);
start();

import { type DatabaseSettings } from "../../config/schema";
import { nearMiss } from "../../config/near-miss";
import { Refusal } from "../outcome";
import { type Stack } from "../stack";

/** The settings of a database. Throws a Refusal that names a near miss. */
export function databaseOf({ settings }: Stack, name: string): DatabaseSettings {
  const found = settings.databases.find((database) => database.name === name);
  if (found) return found;
  const names = settings.databases.map((database) => database.name);
  const near = nearMiss(name, names);
  throw new Refusal(
    `databases has no ${name}; ${near ? `did you mean ${near}?` : `there are: ${names.join(", ") || "none"}`}`,
  );
}

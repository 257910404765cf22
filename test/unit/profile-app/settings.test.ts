import { describe, expect, it } from "vitest";
import { readSettings } from "../../../examples/profile-app/src/settings";

const complete = { DB_URL: "mongodb://mongo:27017", USER_NAME: "webapp", USER_PWD: "s3cret" };

const faultsOf = (environment: NodeJS.ProcessEnv): string[] => {
  try {
    readSettings(environment, () => {
      throw new Error("no such file");
    });
  } catch (error) {
    return (error as Error).message.split("\n");
  }
  return [];
};

describe("the settings", () => {
  it("are read from variables", () => {
    expect(readSettings(complete)).toEqual({
      databaseUrl: "mongodb://mongo:27017",
      login: { username: "webapp", password: "s3cret" },
      port: 3000,
      version: "unknown",
      loadTest: false,
      drainSeconds: 5,
    });
    expect(
      readSettings({ ...complete, PORT: "8080", APP_VERSION: "2", LOAD_TEST: "1", DRAIN_SECONDS: "0" }),
    ).toMatchObject({ port: 8080, version: "2", loadTest: true, drainSeconds: 0 });
  });

  it("are read from files, without the line's end", () => {
    const read = (path: string) =>
      ({ "/run/name": "webapp\n", "/run/password": " two words \r\n" })[path] ?? "";
    const { login } = readSettings(
      { DB_URL: "mongo", USER_NAME_FILE: "/run/name", USER_PWD_FILE: "/run/password" },
      read,
    );
    expect(login).toEqual({ username: "webapp", password: " two words " });
  });

  it("take a host in the place of a URL", () => {
    expect(readSettings({ ...complete, DB_URL: "mongo-service" }).databaseUrl).toBe(
      "mongodb://mongo-service",
    );
    expect(readSettings({ ...complete, DB_URL: "mongo:27018/shop" }).databaseUrl).toBe(
      "mongodb://mongo:27018/shop",
    );
  });

  it("are refused with all faults at once", () => {
    expect(
      faultsOf({
        USER_NAME: "a",
        USER_NAME_FILE: "/b",
        USER_PWD_FILE: "/none",
        PORT: "80a",
        DRAIN_SECONDS: "601",
      }),
    ).toEqual([
      "DB_URL or DB_URL_FILE is missing",
      "USER_NAME and USER_NAME_FILE are both set: leave one out",
      "USER_PWD_FILE names /none, which can't be read",
      "PORT is to be a whole number from 0 to 65535",
      "DRAIN_SECONDS is to be a whole number from 0 to 600",
    ]);
  });

  it("are refused with a login in the address, which isn't repeated", () => {
    const faults = faultsOf({ ...complete, DB_URL: "mongodb://webapp:s3cret@mongo" });
    expect(faults).toEqual(["DB_URL has a login in it: it belongs in USER_NAME and USER_PWD"]);
  });
});

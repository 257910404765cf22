import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { pageOf, validate, webAppOf } from "../../../config";
import { webAppFaults } from "../../../config/web-app-faults";
import { completeSettings } from "./samples";

const images = { mirror: "m:5000", overrides: {} };
const space = { namespace: pulumi.output("shop"), environment: "TEST" as const };
const settings = validate(completeSettings()).webApps;
const app = (name: string) => settings.find((one) => one.name === name)!;

describe("webAppOf", () => {
  it("takes the images from the mirror, those of the catalog by their names", () => {
    expect(webAppOf(app("shop"), images, space)).toMatchObject({
      image: "m:5000/registry.example.com/shop:1.0",
      canary: { image: "m:5000/registry.example.com/shop:2.0", weight: 10 },
    });
    expect(webAppOf(app("status"), images, space).image).toMatch(/^m:5000\/quay\.io\/ceph\/ceph:/);
  });

  it("has the database that it is given, with the app's own names of variables", () => {
    const database = { configMap: "map", secret: "secret", clientLabels: { client: "yes" }, other: "thing" };
    expect(webAppOf(app("shop"), images, space, database).database).toEqual({
      configMap: "map",
      secret: "secret",
      clientLabels: { client: "yes" },
      variables: { url: "MONGO_URL", user: "MONGO_USER", password: "MONGO_PASSWORD" },
    });
    expect(webAppOf(app("office"), images, space).database).toBeUndefined();
  });

  it("leaves the rest as it was said", () => {
    const { scaling, entry, values, mesh } = app("shop");
    expect(webAppOf(app("shop"), images, space)).toMatchObject({ scaling, entry, values, mesh, ...space });
  });
});

describe("pageOf", () => {
  it("is at the port of a node, or where the Ingress says", () => {
    expect(pageOf(app("status"), "192.0.2.11")).toBe("http://192.0.2.11:30100/");
    expect(pageOf(app("status"), "2001:db8::1")).toBe("http://[2001:db8::1]:30100/");
    expect(pageOf(app("office"), undefined)).toBe("https://office.example.com/");
  });

  it("is nowhere for who has no entry, or one that only its gateway knows", () => {
    expect(pageOf({}, "192.0.2.11")).toBeUndefined();
    expect(pageOf(app("shop"), "192.0.2.11")).toBeUndefined();
    expect(pageOf(app("status"), undefined)).toBeUndefined();
  });
});

describe("the database of an app", () => {
  const faults = (databases: Record<string, unknown>[]) =>
    webAppFaults({
      namespaces: [{ name: "shop" }],
      databases,
      webApps: [{ namespace: "shop", database: { name: "mongo" } }],
    }).map(({ at, problem }) => [at.join("."), problem]);

  it("has to be one of the stack", () => {
    expect(faults([{ name: "other", namespace: "shop" }])).toEqual([
      ["webApps.0.database.name", '"mongo" is not one of the stack\'s databases (other)'],
    ]);
    expect(faults([{ name: "mongo", namespace: "shop" }])).toEqual([]);
  });

  it("has to be in the same namespace", () => {
    expect(faults([{ name: "mongo", namespace: "data" }])).toEqual([
      ["webApps.0.database.name", '"mongo" is in the namespace data: the app has to be there too'],
    ]);
  });
});

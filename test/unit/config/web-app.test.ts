import { describe, expect, it } from "vitest";
import { validate, webAppOf } from "../../../config";
import { completeSettings } from "./samples";

const images = { mirror: "m:5000", overrides: {} };
const settings = validate(completeSettings()).webApps;
const app = (name: string) => settings.find((one) => one.name === name)!;

describe("webAppOf", () => {
  it("takes the images from the mirror, those of the catalog by their names", () => {
    expect(webAppOf(app("shop"), images)).toMatchObject({
      image: "m:5000/registry.example.com/shop:1.0",
      canary: { image: "m:5000/registry.example.com/shop:2.0", weight: 10 },
    });
    expect(webAppOf(app("status"), images).image).toMatch(/^m:5000\/quay\.io\/ceph\/ceph:/);
  });

  it("has the database that it is given, with the app's own names of variables", () => {
    const database = { configMap: "map", secret: "secret", clientLabels: { client: "yes" }, other: "thing" };
    expect(webAppOf(app("shop"), images, database).database).toEqual({
      configMap: "map",
      secret: "secret",
      clientLabels: { client: "yes" },
      variables: { url: "MONGO_URL", user: "MONGO_USER", password: "MONGO_PASSWORD" },
    });
    expect(webAppOf(app("office"), images).database).toBeUndefined();
  });

  it("leaves the rest as it was said", () => {
    const { scaling, entry, values, mesh } = app("shop");
    expect(webAppOf(app("shop"), images)).toMatchObject({ scaling, entry, values, mesh });
  });
});

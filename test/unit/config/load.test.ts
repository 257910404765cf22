import * as pulumi from "@pulumi/pulumi";
import { beforeAll, expect, it } from "vitest";
import { loadSettings } from "../../../config";
import { smallestSettings } from "./samples";

beforeAll(() =>
  pulumi.runtime.setMocks(
    { newResource: ({ inputs }) => ({ id: "", state: inputs }), call: ({ inputs }) => inputs },
    "farmstack",
    "prod",
  ),
);

/** Sets the stack's configuration as the engine hands it over: JSON for all but plain text. */
function configure(settings: Record<string, unknown>): void {
  const texts = Object.entries(settings).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  pulumi.runtime.setAllConfig(Object.fromEntries(texts) as Record<string, string>);
}

const project = (settings: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(settings).map(([key, value]) => [`farmstack:${key}`, value]));

it("reads the project's keys and leaves those of others alone", () => {
  configure({
    ...project({ ...smallestSettings(), dataDirectory: "/srv/data", protectData: false }),
    "pulumi:disable-default-providers": ["docker"],
    "docker:host": "unix:///run/docker.sock",
  });
  expect(loadSettings()).toMatchObject({ dataDirectory: "/srv/data", protectData: false, ssh: { port: 22 } });
});

it("finds keys that nobody reads, and names the stack in what to run", () => {
  const { ceph } = smallestSettings();
  configure(
    project({ hosts: [{ name: "host1", address: "192.0.2.11" }], ceph, sssh: {}, dataDirectory: "data" }),
  );
  let error: unknown;
  try {
    loadSettings();
  } catch (thrown) {
    error = thrown;
  }
  expect(pulumi.RunError.isInstance(error)).toBe(true); // else Pulumi would show a stack trace
  expect((error as Error).message).toBe(
    [
      "hosts[0].hostKey: missing; run npm run hosts:trust -- --stack prod",
      "sssh: unknown key, did you mean ssh?",
      "dataDirectory: expected an absolute path on the hosts, below /, of letters, digits, . _ and -",
    ].join("\n"),
  );
});

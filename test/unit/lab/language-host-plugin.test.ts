import languagePb from "@pulumi/pulumi/proto/language_pb";
import { expect, it } from "vitest";
import { pluginEnvironment, pluginStart } from "../../../lab/toolchain/language-host/plugin";

function request(kind: string, folder: string) {
  const its = new languagePb.RunPluginRequest();
  its.setKind(kind);
  its.setArgsList(["127.0.0.1:1234", "-v=3"]);
  its.setInfo(new languagePb.ProgramInfo().setProgramDirectory(folder));
  return its;
}

it("a pack is started with the engine's address, and no other argument of the engine's", () => {
  expect(pluginStart(request("analyzer", "/project/policy"))).toEqual({
    script: "@pulumi/pulumi/cmd/run-policy-pack",
    args: ["127.0.0.1:1234", "/project/policy"],
  });
});

it("components are started with their folder first", () => {
  expect(pluginStart(request("resource", "/project/plugin"))).toEqual({
    script: "@pulumi/pulumi/cmd/run-plugin",
    args: ["/project/plugin", "127.0.0.1:1234"],
  });
});

it("another kind of plugin is not known", () => {
  expect(pluginStart(request("converter", "/project"))).toBeUndefined();
});

it("a value of the environment may have an equals sign", () => {
  expect(pluginEnvironment(["A=b=c", "EMPTY="])).toEqual({ A: "b=c", EMPTY: "" });
});

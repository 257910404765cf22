import languagePb from "@pulumi/pulumi/proto/language_pb";
import { expect, it } from "vitest";
import { pluginEnvironment, policyPackArguments } from "../../../lab/toolchain/language-host/policy-pack";

it("a pack is started with the engine's address, and no other argument of the engine's", () => {
  const request = new languagePb.RunPluginRequest();
  request.setArgsList(["127.0.0.1:1234", "-v=3"]);
  request.setInfo(new languagePb.ProgramInfo().setProgramDirectory("/project/policy"));
  expect(policyPackArguments(request)).toEqual(["127.0.0.1:1234", "/project/policy"]);
});

it("a value of the environment may have an equals sign", () => {
  expect(pluginEnvironment(["A=b=c", "EMPTY="])).toEqual({ A: "b=c", EMPTY: "" });
});

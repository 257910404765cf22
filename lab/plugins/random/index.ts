import { randomBytes, randomUUID } from "node:crypto";
import { hash } from "bcryptjs";
import { type Change, type Plugin, type Properties, type ResourceType } from "../resource-type";
import { checkCharacters, randomCharacters, withDefaults } from "./characters";

/** A resource that is made once: every change of an input makes another one, and there is nothing to delete. */
function once(
  inputs: string[],
  required: string[],
  make: (inputs: Properties) => Promise<{ id: string; outputs: Properties }>,
  check?: ResourceType["check"],
): ResourceType {
  const replaced = Object.fromEntries(inputs.map((name): [string, Change] => [name, "replace"]));
  return { inputs: replaced, required, check, create: make };
}

const characterInputs = [
  ...["keepers", "length", "lower", "minLower", "minNumeric", "minSpecial", "minUpper", "number", "numeric"],
  ...["overrideSpecial", "special", "upper"],
];

/** The same inputs and outputs as the official plugin; the randomness is that of node:crypto. */
export const randomPlugin: Plugin = {
  name: "random",
  version: "4.21.2",
  config: [],
  types: {
    "random:index/randomBytes:RandomBytes": once(
      ["keepers", "length"],
      ["length"],
      async (inputs) => {
        const bytes = randomBytes(inputs.length);
        const outputs = { ...inputs, base64: bytes.toString("base64"), hex: bytes.toString("hex") };
        return { id: "none", outputs };
      },
      ({ length }) =>
        typeof length === "number" && length < 1
          ? [{ property: "length", reason: "must be at least 1" }]
          : [],
    ),

    "random:index/randomUuid:RandomUuid": once(["keepers"], [], async (inputs) => {
      const result = randomUUID();
      return { id: result, outputs: { ...inputs, result } };
    }),

    "random:index/randomPassword:RandomPassword": once(
      characterInputs,
      ["length"],
      async (inputs) => {
        const result = randomCharacters(inputs);
        const bcryptHash = await hash(result, 10); // of its first 72 bytes: bcrypt reads no further
        return { id: "none", outputs: { ...withDefaults(inputs), result, bcryptHash } };
      },
      checkCharacters,
    ),

    "random:index/randomString:RandomString": once(
      characterInputs,
      ["length"],
      async (inputs) => {
        const result = randomCharacters(inputs);
        return { id: result, outputs: { ...withDefaults(inputs), result } };
      },
      checkCharacters,
    ),
  },
};

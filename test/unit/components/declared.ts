import { type Resource } from "@pulumi/pulumi";
import { cephxKey } from "../../../components/ceph/cephx-key";
import { allDeclared, valueOf } from "../mocks";

// What a test asks of all the resources that were declared.

/** Names of the resources in an option `dependsOn`. */
export async function dependencies(dependsOn: unknown): Promise<string[]> {
  const urns = await Promise.all(([dependsOn].flat() as Resource[]).map(({ urn }) => valueOf(urn)));
  return urns.map((urn) => urn.split("::").pop() as string);
}

/** The cephx keys that come of the random bytes. */
export async function generatedKeys(): Promise<string[]> {
  const bytes = (await allDeclared()).filter(({ type }) => type === "random:index/randomBytes:RandomBytes");
  return bytes.map(({ name, inputs }) =>
    cephxKey(inputs.length === 16 ? "aes" : "aes256k", Buffer.alloc(Number(inputs.length), name)),
  );
}

/** Inputs of resources in which a text stands, each once; one that is not a secret is called so. */
export async function placesOf(text: string): Promise<string[]> {
  const places = (await allDeclared()).flatMap(({ name, inputs, secrets }) =>
    Object.keys(inputs)
      .filter((input) => JSON.stringify(inputs[input]).includes(text))
      .map((input) => (secrets.includes(input) ? input : `${input} of ${name}, in clear`)),
  );
  return [...new Set(places)].sort();
}

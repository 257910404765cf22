import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The dev stack's state as an engine test exported it, without what no picture is made of. */
export const recordedFile = join(__dirname, "dev-state.json");
export const recorded = (): string => readFileSync(recordedFile, "utf8");

export const pictureFile = join(__dirname, "../../../../docs/pictures/dev-stack.svg");

interface Exported {
  deployment: { resources: Resource[] };
}

interface Resource {
  urn: string;
  type: string;
  parent?: string;
  provider?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

/** Writes the record anew; secrets stay marked as such, with another text. */
export function record(exported: string): void {
  const { deployment } = JSON.parse(exported) as Exported;
  const resources = deployment.resources
    .filter(({ type }) => !type.startsWith("random:") && !type.endsWith(":RemoteImage"))
    .map(({ urn, type, parent, provider, inputs, outputs }) => ({
      urn,
      type,
      parent,
      provider,
      ...(!type.startsWith("command:") && !type.startsWith("pulumi:") && inputs && { inputs }),
      ...((type === "pulumi:pulumi:Stack" || type.startsWith("farmstack:")) && { outputs }),
    }));
  const text = JSON.stringify({ deployment: { resources } }, shortened, 1);
  writeFileSync(recordedFile, `${text}\n`);
}

const shortened = (key: string, value: unknown): unknown =>
  key === "ciphertext" ? "v1:NOT-TO-BE-SEEN" : typeof value === "string" && value.length > 400 ? "…" : value;

/** The same stack on so many hosts: each a copy of host1, host2 or host3. */
export function recordedOn(count: number): string {
  const { deployment } = JSON.parse(recorded()) as Exported;
  const ofHost = /host([123])(?!\d)/;
  const [some, rest] = [
    deployment.resources.filter(
      ({ urn, type }) => ofHost.test(urn) && /:Host$|providers:docker$|:Container$/.test(type),
    ),
    deployment.resources.filter(
      ({ urn, type }) => !(ofHost.test(urn) && /:Host$|providers:docker$|:Container$/.test(type)),
    ),
  ];
  const copies = Array.from({ length: count }, (_, index) => index + 1).flatMap((number) => {
    const model = String(((number - 1) % 3) + 1);
    return some
      .filter(({ urn }) => ofHost.exec(urn)?.[1] === model)
      .map((resource) => {
        const text = JSON.stringify(resource)
          .replaceAll(new RegExp(`host${model}(?!\\d)`, "g"), `host${number}`)
          .replaceAll(new RegExp(`10\\.77\\.0\\.1${model}(?!\\d)`, "g"), `10.77.0.${10 + number}`);
        return JSON.parse(text) as Resource;
      });
  });
  return JSON.stringify({ deployment: { resources: [...rest, ...copies] } });
}

import { asSecret } from "../provider/secret";
import { type Properties, unknown } from "../resource-type";
import { is, type Kind } from "./kind";

/**
 * The inputs of a Secret as the API server keeps them: texts of `stringData` are in `data`, and all of `data` is in plain
 * Base64. Inputs of other kinds stay as they are.
 */
export function normalizedSecret(kind: Kind, inputs: Properties): Properties {
  if (!is(kind, "v1/Secret")) return inputs;
  const { stringData, ...others } = inputs;
  if (others.data === unknown || stringData === unknown) return { ...others, data: unknown };
  const data = { ...mapped(others.data, "base64"), ...mapped(stringData, "utf8") };
  return others.data || stringData ? { ...others, data } : others;
}

function mapped(texts: Properties | undefined, from: BufferEncoding): Properties {
  return Object.fromEntries(
    Object.entries(texts ?? {}).map(([key, text]) => [
      key,
      text === unknown ? text : Buffer.from(String(text), from).toString("base64"),
    ]),
  );
}

/** Marks what is secret by its kind, whatever the program gave. */
export function withSecrets(kind: Kind, properties: Properties): Properties {
  if (!is(kind, "v1/Secret") || !properties.data) return properties;
  return { ...properties, data: asSecret(properties.data) };
}

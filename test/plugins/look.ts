import { expect } from "vitest";
import { type Look, secretTexts } from "./case";
import { type Declared } from "./declared";
import { type ContractStack, type Kept } from "./stack";

/** What the program needs to know of a case. */
export const declared = ({ class: of, name, props, provider }: Declared): Declared => ({
  class: of,
  name,
  props,
  provider,
});

/** Compares what there is to what a case demands. */
export function expectLook(
  look: Look | undefined,
  kept: Kept | undefined,
  printed: string | undefined,
): void {
  if (look?.outputs) expect(kept?.outputs).toMatchObject(look.outputs);
  if (look?.secret) expect(kept?.secret).toEqual(expect.arrayContaining(look.secret));
  if (look?.host) expect(printed).toEqual(look.host[1]);
}

/** No secret of the cases is in the state or was printed. */
export async function showsNoSecret(stack: ContractStack): Promise<void> {
  const texts = [await stack.stateText(), stack.printed];
  for (const secret of Object.values(secretTexts))
    expect(
      texts.map((text) => text.includes(secret)),
      secret,
    ).toEqual([false, false]);
}

/** What the engine says about a resource, in the list of messages that ends its output. */
export function diagnostics(output: string, name: string): string {
  const sections = output.slice(output.indexOf("Diagnostics:")).split(/\n(?= {2}\S)/);
  return sections.filter((section) => section.includes(`(${name}):\n`)).join("\n");
}

import { type Context } from "../../../lab/plugins/resource-type";

/** What a resource's operations get beside their inputs. */
export const context = (changes: Partial<Context> = {}): Context => ({
  config: {},
  name: "thing",
  urn: "urn:pulumi:test::test::a:b:C::thing",
  timeout: 0,
  cancelled: new AbortController().signal,
  ...changes,
});

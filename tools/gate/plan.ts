import { z } from "zod";

/** A state of a resource, as far as it is read here. */
const state = z.object({
  type: z.string(),
  protect: z.boolean().optional(),
  inputs: z.record(z.string(), z.unknown()).optional(),
});

const step = z.object({
  op: z.string(),
  urn: z.string().startsWith("urn:pulumi:"),
  /** Reference of its provider: `URN::ID`. */
  provider: z.string().optional(),
  oldState: state.optional(),
  newState: state.optional(),
  diffReasons: z.array(z.string()).nullish(),
  replaceReasons: z.array(z.string()).nullish(),
  /** Paths of properties that change. */
  detailedDiff: z.record(z.string(), z.unknown()).nullish(),
});

const plan = z.object({
  config: z.record(z.string(), z.string()).nullish(),
  steps: z.array(step).nullish(),
  diagnostics: z
    .array(z.object({ severity: z.string().optional(), message: z.string().optional() }))
    .nullish(),
});

export type Step = z.infer<typeof step>;

/** What `pulumi preview --json` prints, as far as it is read here. */
export interface Plan {
  config: Record<string, string>;
  steps: Step[];
  /** Why the preview itself failed; empty when it did not. */
  errors: string[];
}

/** Reads a plan. Throws an error that says what to run when it is none. */
export function readPlan(text: string): Plan {
  const { config, steps, diagnostics } = parse(text);
  const errors = errorsIn((diagnostics ?? []).filter(({ severity }) => severity === "error"));
  // An engine that gave up before the first step prints no list; an empty one would pass for "nothing changes".
  if (!steps && errors.length === 0) throw new Error(`it has no steps and no error. ${howTo}`);
  return { config: config ?? {}, steps: steps ?? [], errors };
}

const howTo = "Make it with: pulumi preview --stack NAME --json > plan.json";

function parse(text: string): z.infer<typeof plan> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`it is no JSON. ${howTo}`);
  }
  const { success, data, error } = plan.safeParse(value);
  if (success) return data;
  const [first] = error.issues;
  throw new Error(`it is no plan (${first?.path.join(".")}: ${first?.message}). ${howTo}`);
}

/** What the engine says at last of every preview that failed. */
const failed = "preview failed";

/** The engine's errors, short: the last of them says nothing, and that of a protected resource takes three lines. */
function errorsIn(diagnostics: { message?: string }[]): string[] {
  const messages = diagnostics.map(({ message = "" }) =>
    withoutColors(message)
      .trim()
      .replace(/^error: /, "")
      .replace(
        /^Preview failed: resource "(\S+)" cannot be deleted\s+because it is protected\..*$/s,
        protectedText,
      ),
  );
  const telling = messages.filter((message) => message !== failed);
  return telling.length > 0 ? telling.sort() : messages;
}

const protectedText = (_: string, urn: string): string =>
  `${urn.split("::").pop()} is protected: it stays until pulumi state unprotect '${urn}'`;

/** The engine marks colours as `<{%reset%}>`. */
const withoutColors = (text: string): string => text.replace(/<\{%[^%]*%\}>/g, "");

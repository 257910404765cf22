type StackHook = NonNullable<typeof Error.prepareStackTrace>;

/**
 * For each of its promises, some sixty for a resource, the SDK keeps a stack trace as text. ts-node's hook maps every
 * frame of it to TypeScript, which was more than a third of the work for resources (docs/speed.md). It is read only when
 * somebody looks for promises that never end. Any other trace stays as it was.
 */
export function spareTracesOfPromises(): void {
  const map = Error.prepareStackTrace;
  if (map && !process.env.PULUMI_DEBUG_PROMISE_LEAKS) Error.prepareStackTrace = withoutPromises(map);
}

const withoutPromises =
  (map: StackHook): StackHook =>
  (error, frames) =>
    frames[0]?.getFunctionName() === "debuggablePromise" ? "" : map(error, frames);

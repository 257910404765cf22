import * as pulumi from "@pulumi/pulumi";

/**
 * The SDK tells the engine three things of each resource that only `pulumi up --debug` shows, each message after the
 * answer to the one before: three quarters of all calls of a run, and a third of its work for resources
 * (docs/speed.md). They stay away unless FARMSTACK_DEBUG_LOG is set. All other messages are as they were, and so is
 * what the engine itself says with `--debug`.
 */
export function spareDebugLog(): void {
  if (process.env.FARMSTACK_DEBUG_LOG) return;
  (pulumi.log as { debug: typeof pulumi.log.debug }).debug = () => Promise.resolve();
}

import { setTimeout as sleep } from "node:timers/promises";
import { Interrupted, Refusal } from "../outcome";
import { kubectl, KubectlFailed } from "../kubernetes/kubectl";
import { type Stack } from "../stack";
import { databaseOf } from "./databases";

type Json = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

export interface JobOptions {
  /** When it ends, the Job goes on without the command. */
  signal?: AbortSignal;
  /** Milliseconds between two looks. @default 2000 */
  pause?: number;
}

/**
 * Runs one of backup.sh's commands in a Job that is like those of the CronJob, and gives its log. The Job goes when it has
 * done its work. Throws a Refusal where there are no backups, and else an error with the end of the log.
 */
export async function runBackupJob(
  stack: Stack,
  database: string,
  args: string[],
  { signal, pause = 2000 }: JobOptions = {},
): Promise<string> {
  const { namespace, backup } = databaseOf(stack, database);
  if (!backup) throw new Refusal(`${database} has no backups: its setting \`backup\` is not set`);
  const inside = (...rest: string[]) => ["--namespace", namespace, ...rest];
  const cronJob = JSON.parse(
    await kubectl(stack, inside("get", "cronjob", `${database}-backup`, "--output", "json")).catch(
      (error: Error) => {
        if (!(error instanceof KubectlFailed) || !error.message.includes("NotFound")) throw error;
        throw new Refusal(`${database} has no backups yet: run pulumi up --stack ${stack.name}`);
      },
    ),
  ) as Json;
  const job = jobOf(cronJob, args, new Date());
  const name: string = job.metadata.name;
  await kubectl(stack, inside("create", "--filename", "-"), JSON.stringify(job));
  for (;;) {
    if (signal?.aborted)
      throw new Interrupted(
        `the Job goes on without you: kubectl --namespace ${namespace} logs --follow job/${name}`,
      );
    const { status = {} } = JSON.parse(
      await kubectl(stack, inside("get", "job", name, "--output", "json")),
    ) as Json;
    const conditions: Json[] = status.conditions ?? [];
    const has = (type: string) => conditions.some((one) => one.type === type && one.status === "True");
    if (has("Complete") || has("Failed")) {
      const log = await kubectl(stack, inside("logs", `job/${name}`)).catch((error: Error) => error.message);
      if (has("Failed"))
        throw new Error(
          `${log.trim().split("\n").slice(-10).join("\n")}\nThe Job ${name} failed. See: kubectl --namespace ${namespace} describe job ${name}`,
        );
      await kubectl(stack, inside("delete", "job", name, "--wait=false"));
      return log;
    }
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
}

/** A Job like those of the CronJob, with another command, tried once. Pure. */
export function jobOf({ metadata, spec }: Json, args: string[], now: Date): Json {
  const { template, ...others } = spec.jobTemplate.spec;
  const [container] = template.spec.containers;
  const time = now
    .toISOString()
    .replace(/[-:]|\.\d+/g, "")
    .toLowerCase();
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: `${metadata.name}-${args[0]}-${time}`, namespace: metadata.namespace },
    spec: {
      ...others,
      backoffLimit: 0,
      ttlSecondsAfterFinished: 86_400,
      template: { ...template, spec: { ...template.spec, containers: [{ ...container, args }] } },
    },
  };
}

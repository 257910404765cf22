import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { projectRoot } from "../../../lab/paths";

const workflowsFolder = join(projectRoot, ".github", "workflows");
const read = (...path: string[]) => readFileSync(join(projectRoot, ...path), "utf8");

interface Job {
  if?: string;
  environment?: string;
  permissions?: Record<string, string>;
  "runs-on"?: string | string[];
  steps?: { uses?: string; run?: string; env?: Record<string, string>; with?: Record<string, unknown> }[];
}

interface Workflow {
  on: Record<string, unknown>;
  permissions?: Record<string, string>;
  concurrency?: object;
  jobs: Record<string, Job>;
}

const workflows = readdirSync(workflowsFolder).map(
  (name) => [name, parse(read(".github", "workflows", name)) as Workflow] as const,
);

describe.each(workflows)("the workflow %s", (name, workflow) => {
  const jobs = Object.values(workflow.jobs);
  const steps = jobs.flatMap((job) => job.steps ?? []);

  it("may read the code, and no more than its jobs ask for", () => {
    expect(workflow.permissions).toEqual({ contents: "read" });
    for (const { permissions = {} } of jobs)
      expect(Object.values(permissions).filter((right) => right === "write").length).toBeLessThan(2);
  });

  it("keeps the token of its checkout to itself", () => {
    for (const step of steps.filter(({ uses }) => uses?.startsWith("actions/checkout@")))
      expect(step.with?.["persist-credentials"]).toBe(false);
  });

  it("is never run with secrets for what others sent", () => {
    expect(Object.keys(workflow.on)).not.toContain("pull_request_target");
    if (!("pull_request" in workflow.on)) return;
    for (const job of jobs) {
      const selfHosted = [job["runs-on"]].flat().includes("self-hosted");
      const secret = JSON.stringify(job).includes("secrets.") || selfHosted || job.environment !== undefined;
      if (secret) expect(job.if).toBe("github.event.pull_request.head.repo.full_name == github.repository");
    }
  });

  it("puts nothing that others wrote into a script", () => {
    for (const { run = "" } of steps)
      expect(run, name).not.toMatch(/\$\{\{ *(github\.(event|head_ref)|secrets)/);
  });

  it("calls scripts that are there and can be run", () => {
    const called = steps.flatMap(
      ({ run = "" }) => run.match(/(?<![\w/])\.(ci|github|gitlab)\/[\w-]+(\.sh)?/g) ?? [],
    );
    for (const script of called) expect(statSync(join(projectRoot, script)).mode & 0o111, script).not.toBe(0);
  });
});

it("an action of others is the very commit that was looked at, with its version beside it", () => {
  const files = [
    ...readdirSync(workflowsFolder).map((name) => join("workflows", name)),
    "actions/prepare/action.yml",
  ];
  for (const file of files) {
    const uses = read(".github", file).match(/^.*\buses:.*$/gm) ?? [];
    for (const line of uses.filter((text) => !text.includes("uses: ./")))
      expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  }
});

it("the same action is the same commit everywhere", () => {
  const all = [
    ...workflows.map(([name]) => read(".github", "workflows", name)),
    read(".github/actions/prepare/action.yml"),
  ]
    .join("\n")
    .matchAll(/uses: ([\w-]+\/[\w-]+)@(\w+)/g);
  const commits = new Map<string, Set<string>>();
  for (const [, action = "", commit = ""] of all)
    commits.set(action, (commits.get(action) ?? new Set()).add(commit));
  for (const [action, its] of commits) expect([...its], action).toHaveLength(1);
});

describe("GitLab's pipeline", () => {
  const pipeline = parse(read(".gitlab-ci.yml")) as Record<
    string,
    {
      script?: string[];
      rules?: { if?: string; when?: string }[];
      extends?: string | string[];
      environment?: { name: string };
    }
  >;
  const jobs = Object.entries(pipeline).filter(([, job]) => job.script !== undefined);

  it("has the jobs of the workflows", () => {
    expect(jobs.map(([name]) => name)).toEqual([
      "ci",
      "preview",
      "deploy-dev",
      "plan-prod",
      "deploy-prod",
      "drift",
    ]);
  });

  it("plans no fork's change, and asks before production", () => {
    expect(pipeline["preview"]?.rules).toEqual([
      {
        if: '$CI_PIPELINE_SOURCE == "merge_request_event" && $CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID',
      },
    ]);
    expect(pipeline["deploy-prod"]?.rules?.[0]?.when).toBe("manual");
  });

  it("extends what is there, and calls scripts that are there", () => {
    for (const [name, job] of jobs) {
      for (const parent of [job.extends ?? []].flat()) expect(pipeline, name).toHaveProperty([parent]);
      const called = job.script?.join("\n").match(/(?<![\w/])\.(ci|github|gitlab)\/[\w-]+(\.sh)?/g) ?? [];
      for (const script of called)
        expect(statSync(join(projectRoot, script)).mode & 0o111, script).not.toBe(0);
    }
  });
});

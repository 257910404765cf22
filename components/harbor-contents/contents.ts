import * as pulumi from "@pulumi/pulumi";
import { type HarborConnection } from "../harbor";
import {
  HarborImmutableTags,
  HarborProject,
  HarborReplication,
  HarborRetention,
  HarborRobot,
  HarborSchedule,
  HarborUpstream,
} from "./resources";

export interface HarborContentsArgs {
  /** How Harbor's API is reached: `connection` of a HarborRegistry, or one of your own. */
  connection: HarborConnection;
  /** Other registries, that projects are caches of and replications go to. @default none */
  registries?: {
    /** Name of the registry in Harbor. */
    name: string;
    /** What speaks there: `docker-hub`, `docker-registry` (quay.io too), `github-ghcr`, `harbor`, … */
    type: string;
    /** URL of the registry, such as `https://quay.io`. */
    url: string;
    /** Who logs in there. @default none */
    user?: string;
    /** Password of that user, a secret. @default none */
    password?: pulumi.Input<string>;
    /** Whether its certificate is not looked at. @default false */
    insecure?: boolean;
  }[];
  /** Projects, each with its own rights, quota and rules. @default none */
  projects?: {
    /** Name of the project, the first part of the names of its images. */
    name: string;
    /** Whether anybody may pull. @default false */
    public?: boolean;
    /** Most that its images may take, GiB. @default no limit */
    quotaGiB?: number;
    /** Whether images are scanned when they are pushed. @default false */
    scan?: boolean;
    /** Severity from which on a vulnerability keeps an image from being pulled. @default none */
    blockFrom?: "none" | "low" | "medium" | "high" | "critical";
    /** One of `registries`: the project fetches from there what it is asked for, and takes no push. @default none */
    cacheOf?: string;
    /** Which tags stay when the others are cleared away. @default all */
    retention?: {
      /** Six fields as cron has them, with seconds in front. */
      schedule: string;
      /** A tag stays when one of them says so. */
      rules: {
        /** Pattern of the repositories that it is for. @default ** */
        repositories?: string;
        /** Pattern of the tags that it is for. @default ** */
        tags?: string;
        /** The newest so many. Either this or `days`. @default none: `days` */
        latest?: number;
        /** Those that were pushed in so many days. @default none: `latest` */
        days?: number;
      }[];
    };
    /** Patterns of tags that can't be overwritten or deleted. @default none */
    immutableTags?: string[];
  }[];
  /** Accounts for programs. @default none */
  robots?: {
    /** Name of the robot, without what Harbor puts in front of it. */
    name: string;
    /** Names of projects, `*` for all. */
    projects: string[];
    /** `push` may pull too. @default pull */
    access?: "pull" | "push";
    /** Days until it ends; -1: never. @default -1 */
    days?: number;
    /** Another number is another secret. @default 0 */
    rotation?: number;
  }[];
  /** Images that are copied from or to another registry. @default none */
  replications?: {
    /** Name of the rule in Harbor. */
    name: string;
    /** `pull`: from the other registry to here. `push`: from here to it. */
    direction: "pull" | "push";
    /** One of `registries`. */
    registry: string;
    /** Pattern of the repositories that are copied. @default ** */
    repositories?: string;
    /** Pattern of the tags that are copied. @default ** */
    tags?: string;
    /** Project in which they end. @default where they were */
    into?: string;
    /** Six fields as cron has them, or `event`. @default by hand */
    schedule?: string;
    /** Whether tags that are there are overwritten. @default true */
    override?: boolean;
  }[];
  /** When layers that nothing needs are deleted. @default never */
  garbageCollection?: {
    /** Six fields as cron has them, with seconds in front. */
    schedule: string;
    /** Whether images without a tag go as well. @default false */
    untagged?: boolean;
  };
  /** When all images are scanned, six fields as cron has them; needs a scanner. @default never */
  scanAll?: { schedule: string };
  /** Whether projects that are no longer declared stay, with their images. @default true */
  protect?: boolean;
}

/** What is in a Harbor: projects, robots, caches, replications, and what is cleared away when. */
export class HarborContents extends pulumi.ComponentResource {
  /** Robots by their names in the settings, each with its secret. */
  public readonly robots: Record<string, { login: pulumi.Output<string>; secret: pulumi.Output<string> }>;

  constructor(name: string, args: HarborContentsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("farmstack:harbor-contents:HarborContents", name, {}, opts);
    const { connection, protect = true } = args;
    const child = { parent: this };

    const registries = new Map(
      (args.registries ?? []).map(({ user = "", password = "", insecure = false, ...other }) => [
        other.name,
        new HarborUpstream(
          `${name}-registry-${other.name}`,
          { connection, settings: { ...other, user, password: pulumi.secret(password), insecure } },
          child,
        ),
      ]),
    );
    const upstream = (registry: string | undefined) =>
      [registry === undefined ? undefined : registries.get(registry)].filter((one) => one !== undefined);

    const projects = (args.projects ?? []).map((project) => {
      const { cacheOf, retention, immutableTags = [] } = project;
      const made = new HarborProject(
        `${name}-project-${project.name}`,
        {
          connection,
          settings: {
            name: project.name,
            public: project.public ?? false,
            quotaGiB: project.quotaGiB ?? -1,
            scan: project.scan ?? false,
            blockFrom: project.blockFrom ?? "none",
            cacheOf: cacheOf ?? "",
          },
        },
        { ...child, dependsOn: upstream(cacheOf), retainOnDelete: protect },
      );
      const inside = { ...child, dependsOn: made };
      if (retention)
        new HarborRetention(
          `${name}-retention-${project.name}`,
          {
            connection,
            settings: {
              project: project.name,
              schedule: retention.schedule,
              rules: retention.rules.map(({ repositories = "**", tags = "**", latest = -1, days = -1 }) => ({
                repositories,
                tags,
                latest,
                days,
              })),
            },
          },
          inside,
        );
      for (const tags of immutableTags)
        new HarborImmutableTags(
          `${name}-immutable-${project.name}-${tags}`,
          { connection, settings: { project: project.name, repositories: "**", tags } },
          inside,
        );
      return made;
    });

    this.robots = Object.fromEntries(
      (args.robots ?? []).map(({ access = "pull", days = -1, rotation = 0, ...robot }) => {
        const description = `${pulumi.getProject()}/${pulumi.getStack()}`;
        const { login, secret } = new HarborRobot(
          `${name}-robot-${robot.name}`,
          { connection, settings: { ...robot, access, days, rotation, description } },
          { ...child, dependsOn: projects },
        );
        return [robot.name, { login, secret }];
      }),
    );

    for (const {
      repositories = "**",
      tags = "**",
      into = "",
      schedule = "",
      override = true,
      ...other
    } of args.replications ?? [])
      new HarborReplication(
        `${name}-replication-${other.name}`,
        { connection, settings: { ...other, repositories, tags, into, schedule, override } },
        { ...child, dependsOn: [...upstream(other.registry), ...projects] },
      );

    const { garbageCollection, scanAll } = args;
    if (garbageCollection)
      new HarborSchedule(
        `${name}-garbage-collection`,
        { connection, settings: { work: "gc", untagged: false, ...garbageCollection } },
        child,
      );
    if (scanAll)
      new HarborSchedule(
        `${name}-scan-all`,
        { connection, settings: { work: "scanAll", untagged: false, ...scanAll } },
        child,
      );

    this.registerOutputs({ robots: this.robots });
  }
}

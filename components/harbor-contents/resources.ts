import * as pulumi from "@pulumi/pulumi";
import { type HarborConnection } from "../harbor";
import { type Kind } from "./kind";
import { project, type ProjectSettings } from "./kinds/project";
import { registry, type RegistrySettings } from "./kinds/registry";
import { replication, type ReplicationSettings } from "./kinds/replication";
import { robot, type RobotSettings } from "./kinds/robot";
import { schedule, type ScheduleSettings } from "./kinds/schedule";
import { immutable, type ImmutableSettings, retention, type RetentionSettings } from "./kinds/tags";
import { providerOf } from "./provider";

/** The same settings, some of which may be known only later. */
type Inputs<T> = { [K in keyof T]: pulumi.Input<T[K]> };

/** One provider of each kind, so that it is taken as text once. */
const providers = {
  Project: providerOf(project),
  Registry: providerOf(registry),
  Robot: providerOf(robot),
  Retention: providerOf(retention),
  ImmutableTags: providerOf(immutable),
  Replication: providerOf(replication),
  Schedule: providerOf(schedule),
} satisfies Record<string, ReturnType<typeof providerOf>>;

/** The kinds by the names of their resources; for tests. */
export const kinds: Record<keyof typeof providers, Kind> = {
  Project: project,
  Registry: registry,
  Robot: robot,
  Retention: retention,
  ImmutableTags: immutable,
  Replication: replication,
  Schedule: schedule,
};

/** A thing in Harbor. A refresh sees what was changed by hand, and the next `up` puts it back. */
class HarborThing<T> extends pulumi.dynamic.Resource {
  constructor(
    type: keyof typeof providers,
    name: string,
    args: { connection: HarborConnection; settings: Inputs<T> },
    opts: pulumi.CustomResourceOptions,
    outputs: { login?: undefined; secret?: undefined } = {},
  ) {
    const { connection, settings } = args;
    super(
      providers[type],
      name,
      { connection: pulumi.secret(connection), settings, ...outputs },
      { ...opts, additionalSecretOutputs: ["connection", "secret"] },
      "harbor",
      type,
    );
  }
}

interface Args<T> {
  connection: HarborConnection;
  settings: Inputs<T>;
}

export class HarborProject extends HarborThing<ProjectSettings> {
  constructor(name: string, args: Args<ProjectSettings>, opts: pulumi.CustomResourceOptions = {}) {
    super("Project", name, args, opts);
  }
}

export class HarborUpstream extends HarborThing<RegistrySettings> {
  constructor(name: string, args: Args<RegistrySettings>, opts: pulumi.CustomResourceOptions = {}) {
    super("Registry", name, args, opts);
  }
}

export class HarborRobot extends HarborThing<RobotSettings> {
  /** Name to log in with, such as `robot$jenkins`. */
  public readonly login!: pulumi.Output<string>;
  /** A secret; Harbor says it once. */
  public readonly secret!: pulumi.Output<string>;

  constructor(name: string, args: Args<RobotSettings>, opts: pulumi.CustomResourceOptions = {}) {
    super("Robot", name, args, opts, { login: undefined, secret: undefined });
  }
}

export class HarborRetention extends HarborThing<RetentionSettings> {
  constructor(name: string, args: Args<RetentionSettings>, opts: pulumi.CustomResourceOptions = {}) {
    super("Retention", name, args, opts);
  }
}

export class HarborImmutableTags extends HarborThing<ImmutableSettings> {
  constructor(name: string, args: Args<ImmutableSettings>, opts: pulumi.CustomResourceOptions = {}) {
    super("ImmutableTags", name, args, opts);
  }
}

export class HarborReplication extends HarborThing<ReplicationSettings> {
  constructor(name: string, args: Args<ReplicationSettings>, opts: pulumi.CustomResourceOptions = {}) {
    super("Replication", name, args, opts);
  }
}

export class HarborSchedule extends HarborThing<ScheduleSettings> {
  constructor(name: string, args: Args<ScheduleSettings>, opts: pulumi.CustomResourceOptions = {}) {
    super("Schedule", name, args, opts);
  }
}

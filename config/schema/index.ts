import { z } from "zod";
import { defaultDataDirectory } from "../../components/hosts/prepare";
import { ceph } from "./ceph";
import { database } from "./database";
import { hostPath } from "./fields";
import { harbor } from "./harbor";
import { engine, host, ssh, system } from "./hosts";
import { images } from "./images";
import { kubernetes } from "./kubernetes";
import { logging } from "./logging";
import { namespace } from "./namespace";
import { webApp } from "./web-app";

// The whole configuration of a stack, its defaults included. What one field alone can be is checked here; what
// fields have to do with each other is in the files *-faults.ts beside this folder.

/** Schema of a stack's configuration. Use `validate`, which words the faults and checks the fields against each other. */
export const stackSchema = z.strictObject({
  /** The machines, in any order; at least 1. */
  hosts: z.array(host).min(1),
  /** How the hosts are reached. */
  ssh: ssh.prefault({}),
  /** Docker Engine on the hosts. */
  engine: engine.prefault({}),
  /** The hosts' operating system. */
  system: system.prefault({}),
  /** Where container images come from. */
  images: images.prefault({}),
  /** The storage cluster. */
  ceph,
  /** The cluster for applications. @default none: no host is in its controlPlane */
  kubernetes: kubernetes.prefault({}),
  /** Namespaces of applications; they need a cluster. @default [] */
  namespaces: z.array(namespace).default([]),
  /** Databases that speak MongoDB's protocol, each in one of the namespaces. @default [] */
  databases: z.array(database).default([]),
  /** Apps that answer HTTP, each in one of the namespaces. @default [] */
  webApps: z.array(webApp).default([]),
  /** The log store. @default none: no host is in its hosts */
  logging: logging.prefault({}),
  /** Harbor, a registry of one's own. @default none: it has no host */
  harbor: harbor.prefault({}),
  /** Folder on each host for the data of all components. @default "/var/lib/farmstack" */
  dataDirectory: hostPath.default(defaultDataDirectory),
  /**
   * Whether the cluster's identity and keys are protected from deletion, and monitors and OSDs are stopped only when
   * the cluster can do without them. @default true
   */
  protectData: z.boolean().default(true),
});

/** The configuration of a stack, complete and valid. */
export type StackSettings = z.infer<typeof stackSchema>;

export type HostSettings = StackSettings["hosts"][number];

export type SshSettings = StackSettings["ssh"];

export type EngineSettings = StackSettings["engine"];

export type SystemSettings = StackSettings["system"];

export type ImageSettings = StackSettings["images"];

export type CephSettings = StackSettings["ceph"];

export type KubernetesSettings = StackSettings["kubernetes"];

export type DatabaseSettings = StackSettings["databases"][number];

export type WebAppSettings = StackSettings["webApps"][number];

export type LoggingSettings = StackSettings["logging"];

export type HarborSettings = StackSettings["harbor"];

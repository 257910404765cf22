import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loggingVersions } from "../logging/versions";
import { projectRoot } from "../paths";
import { versions } from "./versions";

/** A Go module of the lab, and the programs that come out of it. */
export interface Module {
  /** For progress and messages. */
  title: string;
  /** What `go build` builds; each gives a program of the name of its last part, or of the module's. */
  packages: string[];
  /** Names of programs whose packages have no name of their own, by package. @default none */
  names?: Record<string, string>;
  /** Values that upstream's own builds give to the linker, by variable. */
  variables: Record<string, string>;
  /** Names by which `kubernetes`, one program for all, is called. */
  links: string[];
  /** Version that names the build. @default that of Kubernetes */
  version?: string;
  /** Folder of its source below `lab/`. @default kubernetes/modules/NAME */
  folder?: string;
  /**
   * A module of go.mod that is built in a copy of it, as the main module, with these files added by their paths:
   * upstream makes them before it builds. @default none: the packages are built as they are published
   */
  upstream?: { path: string; generated: Record<string, string> };
}

const component = "k8s.io/component-base/version";
const mongoTools = "github.com/mongodb/mongo-tools";

/** Kubernetes with the version that all of its programs say of themselves. */
function kubernetesOf(version: string): Module {
  const [major = "", minor = ""] = version.split(".");
  return {
    title: `Kubernetes ${version} and etcd ${versions.etcd}`,
    packages: ["."],
    variables: {
      [`${component}.gitVersion`]: `v${version}`,
      [`${component}.gitMajor`]: major,
      [`${component}.gitMinor`]: minor,
      [`${component}.gitTreeState`]: "clean",
    },
    links: [
      "etcd",
      "etcdctl",
      "etcdutl",
      "kube-apiserver",
      "kube-controller-manager",
      "kube-proxy",
      "kube-scheduler",
      "kubeadm",
      "kubectl",
      "kubelet",
    ],
  };
}

/** By their folder in `modules/`, where they name no other. */
export const modules = {
  kubernetes: kubernetesOf(versions.kubernetes),
  "kubernetes-next": {
    ...kubernetesOf(versions.kubernetesNext),
    version: versions.kubernetesNext,
    folder: "kubernetes/modules/kubernetes",
  },
  addons: {
    title: `CoreDNS ${versions.coredns}, flannel ${versions.flannel}, pause`,
    packages: ["./coredns", "./flanneld", "./pause"],
    variables: {
      "github.com/flannel-io/flannel/pkg/version.Version": `v${versions.flannel}`,
      "main.version": versions.pause, // of these mains only pause has it
    },
    links: [],
  },
  cni: {
    title: `CNI plugin flannel ${versions.flannelPlugin}`,
    packages: ["github.com/containernetworking/plugins/plugins/meta/flannel"],
    variables: {
      "github.com/containernetworking/plugins/pkg/utils/buildversion.BuildVersion": `v${versions.flannelPlugin}`,
    },
    links: [],
  },
  ferretdb: {
    title: `FerretDB ${versions.ferretdb}`,
    packages: ["./cmd/ferretdb"],
    variables: {},
    links: [],
    version: versions.ferretdb,
    upstream: {
      path: "github.com/FerretDB/FerretDB",
      generated: { "build/version/version.txt": `v${versions.ferretdb}\n` },
    },
  },
  "metrics-server": {
    title: `metrics-server ${versions.metricsServer}`,
    packages: ["sigs.k8s.io/metrics-server/cmd/metrics-server"],
    variables: { "k8s.io/client-go/pkg/version.gitVersion": `v${versions.metricsServer}` },
    links: [],
    version: versions.metricsServer,
  },
  "mongo-tools": {
    title: `mongodump and mongorestore ${versions.mongoTools}`,
    packages: [`${mongoTools}/mongodump/main`, `${mongoTools}/mongorestore/main`],
    names: {
      [`${mongoTools}/mongodump/main`]: "mongodump",
      [`${mongoTools}/mongorestore/main`]: "mongorestore",
    },
    variables: { "main.VersionStr": versions.mongoTools },
    links: [],
    version: versions.mongoTools,
  },
  filebeat: {
    title: `Filebeat ${loggingVersions.filebeat}`,
    packages: ["."],
    variables: {},
    links: [],
    version: loggingVersions.filebeat,
    folder: "logging/filebeat",
  },
  receiver: {
    title: "the receiver in Logstash's place",
    packages: ["."],
    variables: {},
    links: [],
    version: loggingVersions.receiver,
    folder: "logging/receiver",
  },
} satisfies Record<string, Module>;

export type ModuleName = keyof typeof modules;

/** Folder of a module's source. */
export const sourceOf = (name: ModuleName) => {
  const { folder = `kubernetes/modules/${name}` }: Module = modules[name];
  return join(projectRoot, "lab", folder);
};

/** What is built where in the build's folder: packages with a name for their program each by itself, the others together. */
export function targetsOf({ packages, names = {} }: Module): [target: string, packages: string[]][] {
  const others = packages.filter((one) => !(one in names));
  const named = Object.entries(names).map(([one, name]): [string, string[]] => [name, [one]]);
  return [...(others.length > 0 ? [["./", others] as [string, string[]]] : []), ...named];
}

/** Programs without symbol tables: a third smaller. */
export function linkerFlags({ variables }: Module): string {
  return ["-s -w", ...Object.entries(variables).map(([name, value]) => `-X ${name}=${value}`)].join(" ");
}

/** Hash over a module's definition and its files, go.sum among them: it names all that goes into the programs. */
export function fingerprint(definition: Module, files: Record<string, string>): string {
  const hash = createHash("sha256").update(JSON.stringify(definition));
  for (const name of Object.keys(files).sort()) hash.update(JSON.stringify([name, files[name]]));
  return hash.digest("hex").slice(0, 12);
}

/** Name of a module's folder in the cache: another source is another folder. */
export function buildName(name: ModuleName): string {
  const module: Module = modules[name];
  return `${name}-${module.version ?? versions.kubernetes}-${fingerprint(module, sourceFiles(sourceOf(name)))}`;
}

function sourceFiles(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(folder.length + 1), readFileSync(path, "utf8")];
    }),
  );
}

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { versions } from "./versions";

/** A Go module of the lab, and the programs that come out of it. */
export interface Module {
  /** For progress and messages. */
  title: string;
  /** What `go build` builds; each gives a program of the name of its last part, or of the module's. */
  packages: string[];
  /** Values that upstream's own builds give to the linker, by variable. */
  variables: Record<string, string>;
  /** Names by which `kubernetes`, one program for all, is called. */
  links: string[];
}

const [major = "", minor = ""] = versions.kubernetes.split(".");
const component = "k8s.io/component-base/version";

/** By their folder in `modules/`. */
export const modules = {
  kubernetes: {
    title: `Kubernetes ${versions.kubernetes} and etcd ${versions.etcd}`,
    packages: ["."],
    variables: {
      [`${component}.gitVersion`]: `v${versions.kubernetes}`,
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
} satisfies Record<string, Module>;

export type ModuleName = keyof typeof modules;

/** Folder of a module's source. */
export const sourceOf = (name: ModuleName) => join(__dirname, "modules", name);

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
  return `${name}-${versions.kubernetes}-${fingerprint(modules[name], sourceFiles(sourceOf(name)))}`;
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

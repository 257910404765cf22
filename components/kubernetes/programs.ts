import { readFileSync } from "node:fs";
import { join } from "node:path";
import { hostFunctions } from "../hosts/functions";
import { assignments } from "../hosts/shell";

/** Where kubelet, kubeadm and kubectl come from: one of the two. */
export interface ProgramSource {
  /** Kubernetes' package repositories, or a mirror of them: the part of the URL before `/v1.34/deb`. @default Kubernetes' own */
  packages?: string;
  /** A .tar.gz to unpack in `/`, with the programs in usr/local/bin, and its SHA-256. @default none: packages */
  binaries?: { url: string; sha256: string };
}

/** Kubernetes' own package repositories. https://kubernetes.io/blog/2023/08/15/pkgs-k8s-io-introduction/ */
const upstream = "https://pkgs.k8s.io/core:/stable:";

const body = readFileSync(join(__dirname, "programs.sh"), "utf8");

/** Part of a script: defines `install_programs`, and what scripts for hosts have in common. */
export function programsScript(hostName: string, version: string, source: ProgramSource): string {
  const settings = {
    host: hostName,
    version,
    repository: source.packages ?? upstream,
    archive_url: source.binaries?.url ?? "",
    archive_sha256: source.binaries?.sha256 ?? "",
  };
  return `${assignments(settings)}\n${hostFunctions}\n${body}`;
}

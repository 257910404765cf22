export type Environment = "TEST" | "PRODUCTION";

/** `1.34.1` → `v1.34`: what Pod Security calls the rules of a version. Without a version, those of the API server's own. */
export const podSecurityVersion = (version: string | undefined): string =>
  version === undefined ? "latest" : `v${version.split(".").slice(0, 2).join(".")}`;

/** Pods that are not `restricted` are refused; what makes them, such as a Deployment, is warned of. */
export function namespaceLabels(
  environment: Environment,
  version: string | undefined,
): Record<string, string> {
  const modes = ["enforce", "audit", "warn"].flatMap((mode) => [
    [`pod-security.kubernetes.io/${mode}`, "restricted"],
    [`pod-security.kubernetes.io/${mode}-version`, podSecurityVersion(version)],
  ]);
  return { environment, ...(Object.fromEntries(modes) as Record<string, string>) };
}

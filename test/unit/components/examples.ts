import { type HostArgs } from "../../../components/hosts";
import { type PrepareArgs } from "../../../components/hosts/prepare";

/** Arguments of a host as a stack would give them. */
export function exampleHost(
  address: string,
): HostArgs & Pick<PrepareArgs, "engine" | "system" | "dataDirectory"> {
  return {
    address,
    hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLE0",
    ssh: { user: "root", port: 22 },
    engine: {
      source: "distribution",
      dataRoot: "/var/lib/docker",
      requireMount: false,
      registryMirrors: [],
      insecureRegistries: ["registry.example:5000"],
      logMaxSize: "50m",
      logMaxFile: 5,
      liveRestore: true,
    },
    system: {
      timezone: "Etc/UTC",
      fonts: false,
      sysctls: { "vm.swappiness": 10 },
      audit: true,
      checkClock: true,
      sshMaxStartups: "100:30:200",
      sshMaxSessions: 100,
    },
    images: { mirror: "registry.example:5000", overrides: { ceph: "lab/ceph:1" } },
    dataDirectory: "/var/lib/farmstack",
  };
}

import { step } from "../../lab/progress";
import { type Stack } from "../stack";
import { table } from "../table";
import { containerOf, dataVersion, inside, instanceOf } from "./instance";

export interface HarborStatus {
  stack: string;
  host: string;
  /** Version of the data. */
  version: string;
  /** Version that the stack's file asks for. */
  declared: string;
  /** Containers, each with what Docker says of it. */
  containers: { name: string; state: string }[];
  /** What Harbor says of itself: `healthy`, `unhealthy`, or why it says nothing. */
  health: string;
  /** Parts that Harbor says are not well. */
  unhealthy: string[];
  /** When it was saved last, ISO 8601, and in which version. */
  saved: { version: string; time: string } | undefined;
}

/** Asks the host, and Harbor itself. */
export async function readStatus(stack: Stack): Promise<HarborStatus> {
  const instance = instanceOf(stack);
  const { directory, host } = instance;
  const version = await step(`asking ${host.name}`, () => dataVersion(instance));
  const script = `
docker ps --all --filter 'name=^/?harbor-' --filter label=farmstack.component=harbor --format 'container {{.Names}} {{.Status}}'
if [ -e '${directory}/saved' ]; then echo "saved $(cat '${directory}/saved') $(date -u -r '${directory}/saved' +%Y-%m-%dT%H:%M:%SZ)"; fi
echo "health $(timeout 20 docker exec ${containerOf("core")} curl --silent --max-time 15 http://127.0.0.1:8080/api/v2.0/health 2>&1 | tr -d '\\n')"
`;
  const lines = (await inside(instance, script)).split("\n");
  const all = (kind: string) =>
    lines.filter((line) => line.startsWith(`${kind} `)).map((line) => line.slice(kind.length + 1));
  const [savedVersion, time] = all("saved")[0]?.split(" ") ?? [];
  const { status, unhealthy } = readHealth(all("health")[0] ?? "");
  return {
    stack: stack.name,
    host: host.name,
    version,
    declared: stack.settings.harbor.version,
    containers: all("container")
      .map((line) => line.split(" "))
      .map(([name = "", ...state]) => ({ name, state: state.join(" ") }))
      .sort((a, b) => a.name.localeCompare(b.name)),
    health: status,
    unhealthy,
    saved: savedVersion && time ? { version: savedVersion, time } : undefined,
  };
}

interface Health {
  status: string;
  components?: { name: string; status: string }[];
}

/** What Harbor's own page on its health says. Pure. */
export function readHealth(text: string): { status: string; unhealthy: string[] } {
  try {
    const { status, components = [] } = JSON.parse(text) as Health;
    return {
      status,
      unhealthy: components.filter((one) => one.status !== "healthy").map(({ name }) => name),
    };
  } catch {
    return { status: text.trim() || "no answer", unhealthy: [] };
  }
}

/** 0: all is well; 2: Harbor, or one of its containers, is not. */
export const statusExitCode = ({ health, containers }: HarborStatus): number =>
  health === "healthy" && containers.every(({ state }) => /^Up\b(?!.*unhealthy)/.test(state)) ? 0 : 2;

export function renderStatus(status: HarborStatus): string {
  const { host, version, declared, health, unhealthy, saved, containers } = status;
  const upgrade = version === declared ? "" : `, ${declared} in the stack's file`;
  return [
    `Harbor ${version}${upgrade} on ${host}: ${health}${unhealthy.length > 0 ? ` (${unhealthy.join(", ")})` : ""}`,
    saved ? `saved: ${saved.time}, version ${saved.version}` : "saved: never",
    table([["container", "state"], ...containers.map(({ name, state }) => [name, state])]),
  ].join("\n");
}

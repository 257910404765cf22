import { run } from "../run";
import { bridge } from "./addresses";

/**
 * Throws unless packets to the address leave by the lab's own bridge: without the bridge they would go out to
 * whatever machine has that address in the networks around this one.
 */
export async function assertLabRoute(address: string): Promise<void> {
  const { stdout } = await run("ip", ["route", "get", address], { allow: [0, 2] });
  const device = routeDevice(stdout);
  if (device === bridge) return;
  throw new Error(
    `${address} is not in the lab now, packets to it would leave by ${device ?? "no interface"}: npm run lab`,
  );
}

/** The interface in the answer of `ip route get`; undefined for an address on a gateway's far side or no answer. */
export function routeDevice(answer: string): string | undefined {
  const line = answer.split("\n")[0] ?? "";
  if (/\svia\s/.test(line)) return undefined;
  return /\sdev (\S+)/.exec(line)?.[1];
}

import { type NetworkPolicySpec, tcp } from "../namespace";
import { port } from "./engine";
import { clientLabelsOf, type Part, selectorOf } from "./labels";

/**
 * Policies of a database, by the end of their names. Its servers are reached by its clients, by its own steps and by each
 * other, and reach each other alone; clients and steps may reach it, in a namespace that denies everything else.
 */
export function databasePolicies(name: string): Record<string, NetworkPolicySpec> {
  const pods = (matchLabels: Record<string, string>) => ({ podSelector: { matchLabels } });
  const part = (its: Part) => pods(selectorOf(name, its));
  const clients = pods(clientLabelsOf(name));
  const toServers = { to: [part("server")], ports: [tcp(port)] };
  const mayReach = (who: typeof clients): NetworkPolicySpec => ({
    ...who,
    policyTypes: ["Egress"],
    egress: [toServers],
  });
  return {
    servers: {
      ...part("server"),
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ from: [clients, part("server"), part("setup"), part("backup")], ports: [tcp(port)] }],
      egress: [toServers],
    },
    clients: mayReach(clients),
    setup: mayReach(part("setup")),
    backup: mayReach(part("backup")),
  };
}

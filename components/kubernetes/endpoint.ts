import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type remote } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { type Host } from "../hosts";
import { hostFunctions } from "../hosts/functions";
import { assignments } from "../hosts/shell";

export interface EndpointArgs {
  /** The address that moves. */
  address: string;
  /** Port of the balancers. @default 8443 */
  port?: number;
  /** The control planes. */
  hosts: Host[];
}

interface Server {
  name: string;
  address: string;
}

/**
 * haproxy.cfg: connections go to the API servers that say they are ready, and end when theirs no longer does. One that a
 * server refuses, in the seconds before its check fails, goes to another.
 * https://docs.haproxy.org/2.6/configuration.html
 */
export const haproxyCfg = (port: number, servers: Server[]): string => `global
  maxconn 8192
  user haproxy
  group haproxy

defaults
  mode tcp
  option redispatch 1
  timeout connect 5s
  timeout client 1h
  timeout server 1h

frontend kubernetes
  bind :${port}
  default_backend api-servers

backend api-servers
  balance leastconn
  option httpchk GET /readyz
  http-check expect status 200
  default-server check check-ssl verify none inter 2s fall 2 rise 1 on-marked-down shutdown-sessions
${servers.map(({ name, address }) => `  server ${name} ${address}:6443\n`).join("")}`;

/**
 * keepalived.conf of one of the hosts: the peers tell each other by unicast who lives, so that it works where networks
 * drop multicast. The address stays where it is when a host comes back. INTERFACE is filled in on the host.
 * https://keepalived.readthedocs.io/en/latest/configuration_synopsis.html
 */
export function keepalivedConf(endpoint: string, self: Server, all: Server[]): string {
  const peers = all.filter(({ name }) => name !== self.name);
  return `global_defs {
  router_id ${self.name}
  script_user root
  enable_script_security
}

vrrp_script balancer {
  script "/usr/bin/pgrep -x haproxy"
  interval 2
  fall 2
  rise 2
}

vrrp_instance kubernetes {
  state BACKUP
  nopreempt
  interface INTERFACE
  virtual_router_id ${routerId(endpoint)}
  priority ${150 - all.findIndex(({ name }) => name === self.name)}
  advert_int 1
  unicast_src_ip ${self.address}
  unicast_peer {
${peers.map(({ address }) => `    ${address}\n`).join("")}  }
  virtual_ipaddress {
    ${endpoint}
  }
  track_script {
    balancer
  }
}`;
}

/** 1 to 255, and another for each address of a network. */
const routerId = (address: string): number => Number(address.split(".").pop()) || 1;

const body = readFileSync(join(__dirname, "endpoint.sh"), "utf8");

export function endpointScript(endpoint: string, port: number, self: Server, all: Server[]): string {
  const settings = {
    host: self.name,
    address: self.address,
    endpoint,
    haproxy_cfg: haproxyCfg(port, all),
    keepalived_conf: keepalivedConf(endpoint, self, all),
  };
  return `${assignments(settings)}\n${hostFunctions}\n${body}`;
}

/** An address for the API that outlives the machine that has it. */
export function createEndpoint(
  cluster: string,
  { address, port = 8443, hosts }: EndpointArgs,
  opts: pulumi.CustomResourceOptions,
): remote.Command[] {
  const servers = hosts.map((host) => ({ name: host.hostName, address: host.address }));
  return hosts.map((host, index) =>
    host.run(
      `${cluster}-endpoint`,
      { script: endpointScript(address, port, servers[index] as Server, servers) },
      { ...opts, dependsOn: host.docker },
    ),
  );
}

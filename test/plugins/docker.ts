import { expect } from "vitest";
import { opensshOptions } from "../../components/hosts/ssh";
import { type Case, type Failing, type Place, scratch, secret, secretTexts } from "./case";
import { type Declared } from "./declared";
import { otherKey } from "./command";

/** What every list begins with: the daemon, and the image that the containers are made of. */
export const dockerBase = (place: Place): Declared[] => [
  provider("docker", place, place.hostKey),
  {
    class: "docker.RemoteImage",
    name: "image",
    provider: "docker",
    props: { name: place.image.tag, keepLocally: true },
  },
];

function provider(name: string, { address, privateKeyFile, registry }: Place, hostKey: string): Declared {
  const ssh = { user: "root", port: 22, privateKeyFile };
  return {
    class: "docker.Provider",
    name,
    props: {
      host: `ssh://root@${address}`,
      sshOpts: opensshOptions(ssh, hostKey),
      registryAuth: [{ ...registry, password: secret(registry.password) }],
    },
  };
}

const docker = <Class extends Declared["class"]>(of: Class) => ({ class: of, provider: "docker" });

/** Inputs of a container that does nothing, with no network, until it is killed. */
const idle = (name: string) => ({
  name: `contract-${name}`,
  image: { $of: "image.imageId" },
  entrypoints: ["sleep"],
  command: ["infinity"],
  networkMode: "none",
});

/** A container that is made and not started, which takes no time and shows the same settings. */
const unstarted = (name: string) => ({ ...idle(name), start: false, mustRun: false });

const inspect = (name: string, format: string) => `docker inspect -f '${format}' contract-${name}`;

export const dockerCases = (place: Place): Case[] => [
  ...imageCases(place),
  ...networkAndVolumeCases,
  wholeContainer,
  ...updateCases,
  ...replaceCases,
  ...driftCases,
];

const imageId = /^sha256:[0-9a-f]{64}$/;

const imageCases = ({ image }: Place): Case[] => [
  {
    shows: "RemoteImage: by digest, stays on the host",
    ...docker("docker.RemoteImage"),
    name: "by-digest",
    props: { name: image.digest, keepLocally: true },
    plan: "same",
    made: { outputs: { imageId: expect.stringMatching(imageId), repoDigest: image.digest } },
    deleted: { host: [`docker image inspect -f ok ${image.digest}`, "ok"] },
  },
  {
    shows: "RemoteImage: by tag, taken off the host in the end",
    ...docker("docker.RemoteImage"),
    name: "by-tag",
    props: { name: image.otherTag, keepLocally: true },
    changed: { keepLocally: false },
    plan: "update",
    made: {
      outputs: { imageId: expect.stringMatching(imageId), repoDigest: image.digest },
      host: [`docker image inspect -f ok ${image.otherTag}`, "ok"],
    },
    deleted: { host: [`docker image ls -q ${image.otherTag}`, ""] },
  },
];

const networkAndVolumeCases: Case[] = [
  {
    shows: "Network: internal, with a subnet and an option of the driver",
    ...docker("docker.Network"),
    name: "network",
    props: {
      name: "contract-network",
      driver: "bridge",
      internal: true,
      ipamConfigs: [{ subnet: "172.30.77.0/24", gateway: "172.30.77.1" }],
      options: { "com.docker.network.bridge.name": "contract0" },
      labels: [{ label: "contract", value: "yes" }],
    },
    plan: "same",
    made: {
      outputs: { scope: "local" },
      host: [
        `docker network inspect -f '{{.Internal}} {{(index .IPAM.Config 0).Subnet}} {{.Labels.contract}}' contract-network; cat /sys/class/net/contract0/mtu`,
        "true 172.30.77.0/24 yes\n1500",
      ],
    },
    deleted: { host: ["docker network ls -q -f name=contract-network", ""] },
  },
  {
    shows: "Network: another label makes another",
    ...docker("docker.Network"),
    name: "relabelled",
    props: { name: "contract-relabelled", labels: [{ label: "contract", value: "1" }] },
    changed: { labels: [{ label: "contract", value: "2" }] },
    plan: "replace",
    changedLook: { host: ["docker network inspect -f '{{.Labels.contract}}' contract-relabelled", "2"] },
  },
  {
    shows: "Volume: another label makes another",
    ...docker("docker.Volume"),
    name: "volume",
    props: { name: "contract-volume", labels: [{ label: "contract", value: "1" }] },
    changed: { labels: [{ label: "contract", value: "2" }] },
    plan: "replace",
    made: { outputs: { mountpoint: expect.stringMatching(/contract-volume\/_data$/) } },
    changedLook: { host: ["docker volume inspect -f '{{.Labels.contract}}' contract-volume", "2"] },
    deleted: { host: ["docker volume ls -q | grep -cx contract-volume", "0"] },
  },
];

/** Everything that components/container uses, in a container that runs. */
const wholeContainer: Case = {
  shows: "Container: has all that it was given, and is waited for until it is healthy",
  ...docker("docker.Container"),
  name: "whole",
  props: {
    ...idle("whole"),
    networkMode: { $of: "network.name" },
    uploads: [
      { file: "/etc/contract/key", content: secret(secretTexts.file), permissions: "0400" },
      { file: "/etc/contract/text", content: "zwei Wörter\n", permissions: "0444" },
      { file: "/etc/contract/run", content: "#!/bin/sh\n", executable: true },
    ],
    volumes: [
      { hostPath: `${scratch}/data`, containerPath: "/data", readOnly: false },
      { hostPath: scratch, containerPath: "/look", readOnly: true },
    ],
    tmpfs: { "/fast": "size=1m,mode=0700" },
    memory: 64,
    capabilities: { adds: ["NET_ADMIN"] },
    // Healthy only after its first check, one second after the start.
    healthcheck: {
      tests: ["CMD", "test", "-e", "/etc/contract/text"],
      interval: "1s",
      timeout: "10s",
      retries: 3,
      startPeriod: "60s",
    },
    wait: true,
    waitTimeout: 30,
    restart: "unless-stopped",
    logDriver: "json-file",
    logOpts: { "max-size": "1m", "max-file": "2" },
    stopTimeout: 7,
    destroyGraceSeconds: 1,
    labels: [
      { label: "contract.one", value: "1" },
      { label: "contract.two", value: "a b" },
    ],
  },
  plan: "same",
  made: {
    host: [
      [
        inspect(
          "whole",
          "{{.State.Health.Status}} {{.HostConfig.NetworkMode}} {{.HostConfig.Memory}} {{.HostConfig.RestartPolicy.Name}} " +
            "{{.HostConfig.LogConfig}} {{.Config.StopTimeout}} " +
            '{{index .Config.Labels "contract.one"}} {{index .Config.Labels "contract.two"}}',
        ),
        "docker exec contract-whole stat -c '%n %a %u:%g' /etc/contract/key /etc/contract/text /etc/contract/run",
        "docker exec contract-whole cat /etc/contract/key",
        "echo",
        "docker exec contract-whole cat /etc/contract/text",
        `docker exec contract-whole sh -c 'touch /data/seen && ls /look/data; touch /look/no 2>/dev/null || echo read-only'`,
        "docker exec contract-whole stat -f -c %T /fast",
        // NET_ADMIN is the capability number 12.
        "echo $((0x$(docker exec contract-whole grep CapBnd /proc/1/status | cut -f2) >> 12 & 1))",
      ].join("; "),
      [
        "healthy contract-network 67108864 unless-stopped {json-file map[max-file:2 max-size:1m]} 7 1 a b",
        "/etc/contract/key 400 0:0\n/etc/contract/text 444 0:0\n/etc/contract/run 744 0:0",
        secretTexts.file,
        "zwei Wörter",
        "seen\nread-only",
        "tmpfs",
        "1",
      ].join("\n"),
    ],
  },
  deleted: { host: ["docker ps -aq -f name=contract-whole", ""] },
};

const updateCases: Case[] = [
  {
    shows: "Container: another memory limit is set in place",
    ...docker("docker.Container"),
    name: "memory",
    props: { ...idle("memory"), memory: 64 },
    changed: { memory: 96 },
    plan: "update",
    made: { host: [inspect("memory", "{{.HostConfig.Memory}}"), "67108864"] },
    changedLook: { host: [inspect("memory", "{{.HostConfig.Memory}} {{.RestartCount}}"), "100663296 0"] },
  },
  {
    shows: "Container: another restart policy is set in place",
    ...docker("docker.Container"),
    name: "restart",
    props: { ...idle("restart"), restart: "no" },
    changed: { restart: "unless-stopped" },
    plan: "update",
    changedLook: { host: [inspect("restart", "{{.HostConfig.RestartPolicy.Name}}"), "unless-stopped"] },
  },
  // What the plan calls an update although nothing happens to the container: components/container asks for a replacement.
  ...Object.entries({
    healthcheck: {
      first: { tests: ["CMD", "true"], interval: "5s" },
      second: { tests: ["CMD", "true"], interval: "9s" },
    },
    tmpfs: { first: { "/fast": "size=1m" }, second: { "/fast": "size=2m" } },
    destroyGraceSeconds: { first: 1, second: 2 },
  }).map(([input, { first, second }]): Case => ({
    shows: `Container: another ${input} is an update`,
    ...docker("docker.Container"),
    name: input.toLowerCase(),
    props: { ...unstarted(input), [input]: first },
    changed: { [input]: second },
    plan: "update",
  })),
];

/** Inputs of which another value makes another container, and what that one shows. */
const replacing: Record<string, { first: unknown; second: unknown; look: string; shows: string }> = {
  name: {
    first: "contract-named",
    second: "contract-renamed",
    look: "docker ps -a --format '{{.Names}}' | grep named",
    shows: "contract-renamed",
  },
  entrypoints: {
    first: ["sleep"],
    second: ["tail", "-f"],
    look: inspect("entrypoints", "{{.Config.Entrypoint}}"),
    shows: "[tail -f]",
  },
  command: {
    first: ["1h"],
    second: ["2h"],
    look: inspect("command", "{{.Config.Cmd}}"),
    shows: "[2h]",
  },
  networkMode: {
    first: "none",
    second: "bridge",
    look: inspect("networkMode", "{{.HostConfig.NetworkMode}}"),
    shows: "bridge",
  },
  uploads: {
    first: [{ file: "/etc/one", content: "1" }],
    second: [{ file: "/etc/one", content: "2" }],
    look: "docker cp contract-uploads:/etc/one - | tar -xO",
    shows: "2",
  },
  volumes: {
    first: [{ volumeName: "contract-volume-of-one", containerPath: "/data", readOnly: false }],
    second: [{ volumeName: "contract-volume-of-one", containerPath: "/data", readOnly: true }],
    look: inspect("volumes", "{{.HostConfig.Binds}}"),
    shows: "[contract-volume-of-one:/data:ro]",
  },
  capabilities: {
    first: { adds: ["NET_ADMIN"] },
    second: { adds: ["NET_ADMIN", "SYS_NICE"] },
    look: inspect("capabilities", "{{len .HostConfig.CapAdd}}"),
    shows: "2",
  },
  logDriver: {
    first: "json-file",
    second: "none",
    look: inspect("logDriver", "{{.HostConfig.LogConfig.Type}}"),
    shows: "none",
  },
  logOpts: {
    first: { "max-size": "1m", "max-file": "2" },
    second: { "max-size": "1m", "max-file": "3" },
    look: inspect("logOpts", '{{index .HostConfig.LogConfig.Config "max-file"}}'),
    shows: "3",
  },
  stopTimeout: {
    first: 1,
    second: 2,
    look: inspect("stopTimeout", "{{.Config.StopTimeout}}"),
    shows: "2",
  },
  labels: {
    first: [{ label: "contract", value: "1" }],
    second: [{ label: "contract", value: "2" }],
    look: inspect("labels", "{{.Config.Labels.contract}}"),
    shows: "2",
  },
};

const replaceCases = Object.entries(replacing).map(([input, { first, second, look, shows }]): Case => ({
  shows: `Container: another ${input} makes another`,
  ...docker("docker.Container"),
  name: input.toLowerCase(),
  props: { ...unstarted(input), logDriver: "json-file", [input]: first },
  changed: { [input]: second },
  plan: "replace",
  changedLook: { host: [look, shows] },
}));

const driftCases: Case[] = [
  {
    shows: "Container: one that was removed on the host is made again",
    ...docker("docker.Container"),
    name: "removed",
    props: unstarted("removed"),
    drift: "docker rm -f contract-removed",
    plan: "create",
    changedLook: { host: [inspect("removed", "{{.State.Status}}"), "created"] },
  },
  {
    shows: "Container: one that was stopped on the host is started again",
    ...docker("docker.Container"),
    name: "stopped",
    props: idle("stopped"),
    drift: "docker kill contract-stopped",
    plan: "update",
    changedLook: { host: [inspect("stopped", "{{.State.Running}}"), "true"] },
  },
  {
    shows: "Container: a limit that was changed on the host is set back",
    ...docker("docker.Container"),
    name: "limit",
    props: { ...idle("limit"), memory: 64 },
    drift: "docker update --memory 80m contract-limit",
    plan: "update",
    changedLook: { host: [inspect("limit", "{{.HostConfig.Memory}}"), "67108864"] },
  },
  {
    shows: "Network: one that was removed on the host is made again",
    ...docker("docker.Network"),
    name: "lost",
    props: { name: "contract-lost" },
    drift: "docker network rm contract-lost",
    plan: "create",
    changedLook: { host: ["docker network inspect -f '{{.Name}}' contract-lost", "contract-lost"] },
  },
];

/** For a stack of its own, beside that of the other cases. */
export const dockerFailing = (place: Place): Failing[] => [
  {
    shows: "Container: its name is taken",
    ...docker("docker.Container"),
    name: "taken",
    props: unstarted("memory"),
    fails: /contract-memory.*already in use/,
  },
  {
    shows: "Container: never gets healthy",
    ...docker("docker.Container"),
    name: "sick",
    props: {
      ...idle("sick"),
      healthcheck: { tests: ["CMD", "false"], interval: "1s", timeout: "5s", retries: 1 },
      wait: true,
      waitTimeout: 3,
    },
    fails: /healthy/,
  },
  {
    shows: "RemoteImage: is not in the registry",
    ...docker("docker.RemoteImage"),
    name: "no-image",
    props: { name: place.image.tag.replace(/:[^:]*$/, ":none"), keepLocally: true },
    fails: /lab\/ceph:none.*not found/s,
  },
  {
    shows: "RemoteImage: on a host with another key",
    class: "docker.RemoteImage",
    name: "wrong-daemon",
    provider: "impostor",
    props: { name: place.image.tag, keepLocally: true },
    fails: /host key verification failed/i,
  },
  {
    shows: "Container: inputs that make no sense, all named at once",
    ...docker("docker.Container"),
    name: "senseless",
    props: {
      ...unstarted("senseless"),
      restart: "sometimes",
      memory: -1,
    },
    fails: /(?=.*restart)(?=.*memory)/s,
    refused: true,
  },
];

/** What the failing ones need. */
export const dockerFailingBase = (place: Place): Declared[] => [
  ...dockerBase(place),
  provider("impostor", place, otherKey),
];

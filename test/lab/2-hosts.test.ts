import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "../../lab/run";
import { onLabHost } from "../../lab/ssh";
import { containers } from "./ceph";
import { changedStack, host, on, tryUp, tryUpWith, up } from "./lab";

const hosts = ["host1", "host2", "host3"];

describe("prepared hosts", () => {
  it("run an enabled engine with the declared settings", async () => {
    for (const name of hosts) {
      expect(await on(name, "systemctl is-enabled docker; systemctl is-active docker")).toBe(
        "enabled\nactive",
      );
      const info = JSON.parse(await on(name, "docker info --format '{{json .}}'")) as Record<string, unknown>;
      expect(info.LiveRestoreEnabled).toBe(true);
      expect(info.LoggingDriver).toBe("json-file");
      expect(info.DockerRootDir).toBe("/var/lib/docker");
      expect(JSON.stringify(info.RegistryConfig)).not.toContain("10.77.0.10:5000"); // none is insecure
    }
  });

  it("have the kernel's, the clock's and sshd's settings", async () => {
    expect(await on("host1", "sysctl -n fs.aio-max-nr vm.max_map_count kernel.pid_max")).toBe(
      "1048576\n1048576\n4194304",
    );
    expect(await on("host1", "date +%Z")).toBe("UTC");
    expect(await on("host1", "sshd -T | grep -iE '^max(startups|sessions)' | sort")).toBe(
      "maxsessions 100\nmaxstartups 100:30:200",
    );
  });

  it("show nothing of the engine to the network", async () => {
    expect(await on("host1", "ss -Hltn | grep -cE ':237[56] ' || true")).toBe("0");
  });

  it("take a changed engine setting with one restart that containers survive", async () => {
    const seen = () =>
      on(
        "host2",
        "docker inspect -f '{{.State.StartedAt}}' ceph-mon-host2; systemctl show -P ActiveEnterTimestampMonotonic docker",
      );
    const [container, engine] = (await seen()).split("\n");
    const changed = await tryUpWith((document) =>
      document.setIn(["config", "farmstack:engine", "registryMirrors"], ["http://10.77.0.10:5000"]),
    );
    expect(changed.code, changed.stdout).toBe(0);
    expect(changed.stdout).toContain("~ 3 updated");
    const [containerAfter, engineAfter] = (await seen()).split("\n");
    expect(containerAfter).toBe(container);
    expect(Number(engineAfter)).toBeGreaterThan(Number(engine));
    expect(await on("host2", "docker info --format '{{.RegistryConfig.Mirrors}}'")).toContain(
      "10.77.0.10:5000",
    );

    await up();
    expect((await seen()).split("\n")[0]).toBe(container);
  });

  it("take another key of the operator, and the old one off, while containers run on", async () => {
    const folder = await mkdtemp(join(tmpdir(), "farmstack-key-"));
    const key = join(folder, "key");
    const authorized = "/etc/ssh/authorized_keys"; // of all users of the lab's hosts
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
    const line = (await readFile(`${key}.pub`, "utf8")).trim();
    for (const name of hosts)
      await on(name, `cp ${authorized} ${authorized}.old && echo '${line}' >>${authorized}`);
    const before = await containers();
    try {
      const file = await changedStack((document) =>
        document.setIn(["config", "farmstack:ssh", "privateKeyFile"], key),
      );
      const changed = await tryUp("--config-file", file);
      expect(changed.code, changed.stdout + changed.stderr).toBe(0);

      for (const name of hosts) await on(name, `echo '${line}' >${authorized}`);
      await expect(on("host1", "true")).rejects.toThrow(/Permission denied/);
      const again = await tryUp("--config-file", file, "--refresh", "--expect-no-changes");
      expect(again.code, again.stdout + again.stderr).toBe(0);
    } finally {
      for (const name of hosts)
        await onLabHost(await host(name), `mv ${authorized}.old ${authorized}`, {}, key);
      await rm(folder, { recursive: true });
    }
    await up();
    expect(await containers()).toEqual(before);
  });

  it("refuse a host that shows another key, by name, before anything is sent", async () => {
    const other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";
    const logins = () => on("host3", "journalctl -u ssh --no-pager | grep -c 'Accepted publickey'");
    const before = Number(await logins());
    const { code, stdout } = await tryUpWith((document) =>
      document.setIn(["config", "farmstack:hosts", 2, "hostKey"], other),
    );
    expect(code).not.toBe(0);
    expect(stdout).toMatch(/10\.77\.0\.13.*host key|host key.*10\.77\.0\.13/i);
    expect(stdout).toContain("host3-prepare");
    // The login of this question itself is all that came.
    expect(Number(await logins())).toBe(before + 1);
  });
});

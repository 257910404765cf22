import { readFile, rm } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ensureDocker } from "../../lab/docker";
import { ensureHosts } from "../../lab/hosts";
import { containerName } from "../../lab/hosts/addresses";
import { hostKeyFile } from "../../lab/hosts/keys";
import { publishKubernetes } from "../../lab/kubernetes";
import { labStackFile, treeFile, writeLabStack } from "../../lab/stack-file";
import { cephJson, monitors, mounted, type Status, waitForHealth } from "./ceph";
import { statusOf } from "./clients";
import { kubectl } from "./kubernetes";
import { lab, on, tryUp, up, waitFor } from "./lab";

/** As docs/replace-host.md says it, with everything that the dev stack has on the host. */
describe("a machine that dies", () => {
  const page = "http://10.77.0.11:30080/";
  const kept = "ls -d /var/lib/farmstack/ceph/osd* /var/lib/farmstack/ceph/mon*";

  it("is replaced by another one of its name, with its monitor, its OSD, its node and its pods", async () => {
    const before = await on("host2", kept);
    const engine = await ensureDocker();
    await engine.client.getContainer(containerName("host2")).remove({ force: true, v: true });
    for (const file of [hostKeyFile("host2"), `${hostKeyFile("host2")}.pub`]) await rm(file);
    const { hosts, registry } = await ensureHosts(engine);
    const { encryptionsalt } = parse(await readFile(labStackFile, "utf8")) as { encryptionsalt: string };
    // The cluster may need two minutes to notice.
    const away = `timeout 20 sh -c "echo while-host2-is-away >${mounted}/away" && cat ${mounted}/away`;
    await waitFor(async () => (await on("host1", away)) === "while-host2-is-away", 240);
    expect((await tryUp("--refresh")).code, "the old host key is not this machine's").not.toBe(0);

    await writeLabStack(await readFile(treeFile, "utf8"), {
      hosts,
      registry,
      salt: encryptionsalt,
      kubernetes: await publishKubernetes(engine),
    });
    await up("--target", "**host2-prepare", "--target", "**host2-docker");
    await up("--refresh");

    const status = await cephJson<Status>("status");
    expect(status.quorum_names.sort()).toEqual(monitors);
    expect(status.osdmap).toMatchObject({ num_osds: 3, num_up_osds: 3, num_in_osds: 3 });
    expect(await on("host2", kept)).toBe(before);
    await waitForHealth(300);
    expect(await on("host2", `cat ${mounted}/away && rm ${mounted}/away`)).toBe("while-host2-is-away");

    await kubectl("wait --for=condition=Ready node/host2 --timeout=120s");
    const well = await waitFor(async () => (await lab("status")).code === 0, 300);
    process.stdout.write(`host2 replaced: all is well ${well} s after the run\n`);
    expect(await statusOf(page)).toBe(200);
  });
});

import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { kernelMountScript, kernelUnmount } from "../../../components/ceph/kernel-mount";
import { fuseCommand, mountedScript } from "../../../components/ceph/mount";
import { directoryScript } from "../../../components/ceph/mount-directory";
import { wrapScript } from "../../../components/hosts/shell";
import { shell } from "./shell";

const { folder, fake, run, sh, take } = shell();
fake("sleep", "exit 0");
const told = { folder: join(folder, "mount's"), addresses: "[v2:192.0.2.11:3300,v1:192.0.2.11:6789]" };

it.each([
  ["directory", directoryScript("/mnt/it's", told)],
  ["gate", mountedScript("/mnt/files", "abc", "ssh it's")],
  [
    "mount by the kernel",
    kernelMountScript({ addresses: "x", filesystem: "files", path: "/mnt/it's", id: "one", key: "KEY==" }),
  ],
  ["unmount", kernelUnmount("/mnt/it's", "one")],
])("a POSIX shell accepts the script: %s", (_, script) => {
  expect(run("sh", ["-n"], wrapScript(script))).toMatchObject({ status: 0, stderr: "" });
});

describe("the directory of a mount", () => {
  const path = join(folder, "mnt", "files");
  const host = ({ mounted = false, crashed = false, propagation = "shared" } = {}) => {
    fake("mountpoint", mounted ? "exit 0" : "exit 1");
    fake("stat", crashed ? "exit 1" : "exit 0");
    const shows = mounted || crashed ? "echo there" : "exit 1";
    fake("findmnt", `case "$*" in *PROPAGATION*) echo ${propagation} ;; *) ${shows} ;; esac`);
    fake("chattr", `echo "$@" >>${folder}/attributes`);
  };

  it.each([{ mounted: true }, { crashed: true }])("is left alone while it is %j", (state) => {
    host(state);
    expect(sh(directoryScript(path, told))).toMatchObject({ status: 0, stdout: `${path}: there\n` });
    expect(existsSync(path)).toBe(false);
    expect(take("attributes")).toBe("");
  });

  it("is made, and nothing can be written beside the mount", () => {
    host();
    expect(sh(directoryScript(path, told))).toMatchObject({ status: 0, stdout: `${path}: there\n` });
    expect(take("attributes")).toBe(`+i ${path}\n`);
    const file = join(told.folder, "mon_host");
    expect(readFileSync(file, "utf8")).toBe(told.addresses);
    const more = `${told.addresses},[v2:192.0.2.12:3300,v1:192.0.2.12:6789]`;
    expect(sh(directoryScript(path, { ...told, addresses: more })).status).toBe(0);
    expect(readFileSync(file, "utf8")).toBe(more);
  });

  it("is refused where a mount in a container would not show", () => {
    host({ propagation: "private" });
    const { status, stderr } = sh(directoryScript(path, told));
    expect(status).toBe(1);
    expect(stderr).toContain(`${join(folder, "mnt")} is on a mount that is not shared`);
  });

  it("is refused when there is something in it", () => {
    host();
    writeFileSync(join(path, "letter"), "mine");
    const { status, stderr } = sh(directoryScript(path, told));
    expect(status).toBe(1);
    expect(stderr).toContain(`${path} is not empty: letter`);
    expect(readFileSync(join(path, "letter"), "utf8")).toBe("mine");
  });
});

describe("a mount by ceph-fuse", () => {
  it("first takes away what a client that crashed has left, and makes its directory", () => {
    const path = join(folder, "fuse");
    fake("umount", `echo "$@" >>${folder}/unmounted; exit 1`);
    fake("ceph-fuse", 'echo "$@"');
    const monitors = join(folder, "monitors");
    mkdirSync(monitors);
    writeFileSync(join(monitors, "mon_host"), told.addresses);
    const command = fuseCommand({ id: "mount-one", filesystem: "files", path, memoryMiB: 1024 });
    const [program = "", ...args] = command.map((word) => word.replace("/etc/ceph/monitors", monitors));
    expect(run(program, args)).toMatchObject({
      status: 0,
      stdout: `-m ${told.addresses} -f --id mount-one --client_fs files --fuse_require_active_mds=false --fuse_set_user_groups=false ${path}\n`,
    });
    expect(take("unmounted")).toBe(`--lazy ${path}\n`);
    expect(existsSync(path)).toBe(true);
  });

  it("keeps less in its cache where it has less memory", () => {
    const small = fuseCommand({ id: "one", filesystem: "files", path: "/mnt/files", memoryMiB: 256 }).join(
      " ",
    );
    for (const [option, MiB] of [
      ["client_oc_size", 64],
      ["client_oc_max_dirty", 32],
      ["client_oc_target_dirty", 16],
      ["objecter_inflight_op_bytes", 32],
    ] as const)
      expect(small).toContain(`'--${option}=${MiB * 1024 * 1024}'`);
  });

  it("is there when it is a mount that answers", () => {
    fake("timeout", 'shift; exec "$@"');
    fake("mountpoint", "exit 0");
    fake("stat", "exit 0");
    const script = mountedScript("/mnt/files", "abc", "ssh root@192.0.2.11 docker logs x");
    expect(sh(script)).toMatchObject({ status: 0, stdout: "/mnt/files: mounted\n" });

    fake("stat", "exit 1");
    const { status, stderr } = sh(script.replace("-ge 60", "-ge 2"));
    expect(status).toBe(1);
    expect(stderr).toBe(
      "/mnt/files was not mounted within 60 tries. Look at: ssh root@192.0.2.11 docker logs x\n",
    );
  });
});

describe("a mount by the kernel", () => {
  const etc = join(folder, "etc");
  const path = join(folder, "srv", "files");
  const unit = join(etc, "systemd", "system", "the.mount");
  const inFolder = (script: string) => script.replaceAll("/etc/", `${etc}/`);
  const mount = (addresses = "192.0.2.11:6789") =>
    sh(
      `umask 022\n${inFolder(
        kernelMountScript({
          addresses,
          ...{ filesystem: "files", path, access: "read", id: "mount-one", key: "KEY==" },
        }),
      )}`,
    );
  const kernelHas = (ceph: boolean) => fake("grep", ceph ? "exit 0" : "exit 1");
  const noted = () => take("noted").trim().split("\n");
  fake("modprobe", "exit 1");
  fake("mount.ceph", "exit 0");
  fake("systemd-escape", "echo the.mount");
  fake("systemctl", `echo "$@" >>${folder}/noted`);

  it("is refused where the kernel has no client", () => {
    kernelHas(false);
    const { status, stderr } = mount();
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^the kernel \(.+\) has no Ceph client: give the mount of .*files "client: fuse"\n$/,
    );
    expect(existsSync(path)).toBe(false);
  });

  it("is a unit that comes back at a boot, with its key where only root reads it", () => {
    kernelHas(true);
    mkdirSync(join(etc, "systemd", "system"), { recursive: true });
    expect(mount()).toMatchObject({ status: 0, stdout: `${path}: mounted\n` });
    expect(noted()).toEqual(["daemon-reload", "enable the.mount", "restart the.mount"]);
    const secret = join(etc, "ceph", "farmstack-mount-one.secret");
    expect(readFileSync(secret, "utf8")).toBe("KEY==\n");
    const modes = [secret, path, join(folder, "srv")].map((file) =>
      (statSync(file).mode & 0o777).toString(8),
    );
    expect(modes).toEqual(["600", "755", "755"]); // others than root reach the mount
    const text = readFileSync(unit, "utf8");
    expect(text).toContain(
      `[Mount]\nWhat=192.0.2.11:6789:/\nWhere=${path}\nType=ceph\n` +
        `Options=name=mount-one,secretfile=${secret},fs=files,ro,noatime,_netdev\n`,
    );
    expect(text).not.toContain("KEY==");
  });

  it("is not mounted again when nothing changed", () => {
    expect(mount().status).toBe(0);
    expect(noted()).toEqual(["daemon-reload", "enable the.mount", "start the.mount"]);
  });

  it("stays mounted with other monitors, which a boot will find", () => {
    expect(mount("192.0.2.11:6789,192.0.2.12:6789").status).toBe(0);
    expect(noted()).toEqual(["daemon-reload", "enable the.mount", "start the.mount"]);
    expect(readFileSync(unit, "utf8")).toContain("What=192.0.2.11:6789,192.0.2.12:6789:/\n");
  });

  it("goes when it is no longer declared", () => {
    expect(run("sh", ["-c", inFolder(kernelUnmount(path, "mount-one"))]).status).toBe(0);
    expect(noted()).toEqual(["disable --now the.mount", "daemon-reload"]);
    expect(existsSync(unit)).toBe(false);
  });
});

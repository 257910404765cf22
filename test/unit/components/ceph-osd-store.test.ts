import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { type OsdStore, osdStoreScript } from "../../../components/ceph/osd-store";
import { shell } from "./shell";

const { folder, fake, sh, take } = shell();
const directory = join(folder, "osd");
const file: OsdStore = { file: "osd0", sizeGiB: 3 };
const device: OsdStore = { device: "/dev/disk/by-id/ata-EXAMPLE" };

/** Runs the script. There is no block device for the test, so anything is taken for one. */
const make = (store: OsdStore, uuid = "u1") =>
  sh(
    osdStoreScript({
      store,
      uuid,
      fsid: "f1",
      key: "SECRET",
      cephConf: "[global]\nfsid = f1\n",
      adminKeyring: "[client.admin]\n\tkey = ADMIN\n",
      image: "image",
      directory,
    }).replace('[ ! -b "$device" ]', "false"),
  );

/** What the device carries: the answers of blkid and of ceph-bluestore-tool. */
function deviceCarries(signature: string, status: number, label = ""): void {
  writeFileSync(join(folder, "signature"), signature);
  writeFileSync(join(folder, "status"), `${status}`);
  writeFileSync(join(folder, "label"), label);
}

/** The entry of OSD 7 in the cluster's map. */
const entry = (up: number, upFrom: number) =>
  `{"osds": [{"osd": 7, "uuid": "u1", "up": ${up}, "in": 1, "weight": 1, "up_from": ${upFrom}, "public_addrs": {}}]}`;
const clusterHas = (dump: string) => writeFileSync(join(folder, "dump"), dump);

// A container is a shell here, with its paths moved into the test's folder.
fake(
  "docker",
  `echo "$@" >>${folder}/arguments
case "$*" in
*"--entrypoint blkid "*) cat ${folder}/signature; exit "$(cat ${folder}/status)" ;;
*"--entrypoint ceph-bluestore-tool "*) cat ${folder}/label; exit 0 ;;
esac
for word; do
  case $word in
  carries=* | number=*) export "$word" ;;
  *:/var/lib/ceph/osd/data) data=\${word%%:*} ;;
  esac
done
mkdir -p ${folder}/etc
sed -e "s#/etc/ceph/#${folder}/etc/#g" -e "s#/var/lib/ceph/osd/data#\${data:-none}#g" | sh -s`,
);
fake(
  "ceph",
  `shift 2 # --connect-timeout
echo "$@" >>${folder}/asked
case "$*" in
"osd new "*) cat >>${folder}/stdin; [ ! -e ${folder}/fails ] || exit 1; echo 7 ;;
"osd dump "*) cat ${folder}/dump ;;
"osd ok-to-stop "*) [ ! -e ${folder}/needed ] || { echo "3 pgs would be offline"; exit 16; } ;;
esac`,
);
const writesNumber = 'while [ "$1" != PATH ]; do shift; done; echo 7 >"$2/whoami"';
fake("ceph-osd", `echo "$@" >>${folder}/mkfs; ${writesNumber.replace("PATH", "--osd-data")}`);
fake("ceph-bluestore-tool", `echo "$@" >>${folder}/prime; ${writesNumber.replace("PATH", "--path")}`);
fake("readlink", "echo /dev/example");
fake("chown", "exit 0"); // there is no user ceph here

beforeEach(() => {
  for (const name of ["osd", "fails", "needed", "arguments", "asked", "stdin", "mkfs", "prime"])
    rmSync(join(folder, name), { recursive: true, force: true });
  deviceCarries("", 2);
  clusterHas(entry(0, 0));
});

describe("a new store", () => {
  it("is announced and made, its secrets by standard input only", () => {
    expect(make(file)).toMatchObject({ status: 0, stdout: "store of the OSD on osd0: made\n7\n" });
    expect(take("asked")).toBe("osd new u1 -i -\nosd dump --format json\n");
    expect(take("stdin")).toBe('{"cephx_secret": "SECRET"}\n');
    expect(take("mkfs")).toMatch(/^--mkfs --id 7 --osd-uuid u1 --fsid f1 --osd-data \S+ --setuser ceph /);
    expect(take("arguments")).not.toMatch(/SECRET|ADMIN/);
    expect(readFileSync(join(folder, "etc", "ceph.client.admin.keyring"), "utf8")).toContain("ADMIN");
    expect(readFileSync(join(directory, "keyring"), "utf8")).toBe("[osd.7]\n\tkey = SECRET\n");
    expect(readFileSync(join(directory, "farmstack-identity"), "utf8")).toBe("u1\n");
  });

  it("is made on a blank device, which the container that looks at it can't write", () => {
    expect(make(device)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/: made\n7\n$/) as string,
    });
    const [looks, label, announces, makes] = take("arguments").trim().split("\n");
    for (const line of [looks, label])
      expect(line).toMatch(/--network none --device \/dev\/example:\/dev\/osd:r --entry/);
    expect(announces).not.toContain("/dev/osd");
    expect(makes).toMatch(/--device \/dev\/example:\/dev\/osd --entrypoint sh/);
  });

  it("is not made when the cluster does not take it", () => {
    writeFileSync(join(folder, "fails"), "");
    expect(make(file).status).toBe(1);
    expect(existsSync(directory)).toBe(false);
    expect(take("mkfs")).toBe("");
  });

  it("is made whole or not at all", () => {
    const osd = readFileSync(join(folder, "bin", "ceph-osd"), "utf8").replace("#!/bin/sh\n", "");
    fake("ceph-osd", "exit 1");
    expect(make(file).status).toBe(1);
    expect(existsSync(directory)).toBe(false);
    fake("ceph-osd", osd);
    expect(make(file).stdout).toContain("made");
    expect(existsSync(`${directory}.new`)).toBe(false);
  });

  it("is not made for an OSD that the cluster numbers and then does not know", () => {
    clusterHas('{"osds": []}');
    const { status, stderr } = make(file);
    expect([status, stderr]).toEqual([1, expect.stringContaining("has no entry for OSD 7")]);
  });
});

describe("a store that is there", () => {
  const found = (identity: string) => {
    mkdirSync(directory);
    writeFileSync(join(directory, "farmstack-identity"), `${identity}\n`);
    writeFileSync(join(directory, "whoami"), "7\n");
  };

  it("stays as it is, and nobody is asked", () => {
    found("u1");
    expect(make(file)).toMatchObject({ status: 0, stdout: "store of the OSD on osd0: unchanged\n7\n" });
    expect(take("arguments")).toBe("");
  });

  it("is refused when it is another's", () => {
    found("u2");
    const { status, stderr } = make(device);
    expect(status).toBe(1);
    expect(stderr).toContain("belongs to something else (u2, not u1); nothing was changed");
    expect(take("arguments")).toBe("");
  });
});

describe("a device", () => {
  const refused = () => {
    const { status, stderr } = make(device);
    expect(status).toBe(1);
    expect(existsSync(directory)).toBe(false);
    expect(take("asked")).toBe("");
    return stderr;
  };

  it("is refused when it is none", () => {
    const script = osdStoreScript({
      ...{ store: { device: "/dev/null" }, uuid: "u1", fsid: "f1", key: "k", image: "image", directory },
      ...{ cephConf: "", adminKeyring: "" },
    });
    expect(sh(script).stderr).toContain("/dev/null is not a block device; nothing was changed");
  });

  it("is refused when there is something on it, and what it is is told", () => {
    deviceCarries("DEVNAME=/dev/osd\nTYPE=ext4\n", 0);
    expect(refused()).toMatch(/ata-EXAMPLE is in use; nothing was changed\. Found on it: .*TYPE=ext4/);
  });

  it("is refused when another OSD is on it", () => {
    deviceCarries("TYPE=ceph_bluestore\n", 0, '{"/dev/osd": {"osd_uuid": "u2"}}');
    expect(refused()).toContain("TYPE=ceph_bluestore");
  });

  it("is refused when it can't be told what is on it", () => {
    deviceCarries("", 8);
    expect(refused()).toContain("something that can't be told (blkid ended with 8)");
  });

  it("gets its files again when this very OSD is on it, and keeps its data", () => {
    deviceCarries("TYPE=ceph_bluestore\n", 0, '{"/dev/osd": {"osd_uuid": "u1"}}');
    clusterHas(entry(0, 5));
    expect(make(device)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/: made\n7\n$/) as string,
    });
    expect(take("prime")).toContain("prime-osd-dir --dev /dev/osd");
    expect(take("mkfs")).toBe("");
    expect(take("asked")).not.toMatch(/purge|ok-to-stop/);
  });
});

describe("a store that is gone, of an OSD that ran before", () => {
  it("is given up and made again when the data is served without it", () => {
    clusterHas(entry(0, 5));
    expect(make(file)).toMatchObject({ status: 0, stdout: expect.stringMatching(/: made\n7\n$/) as string });
    expect(take("asked").trim().split("\n")).toEqual([
      "osd new u1 -i -",
      "osd dump --format json",
      "osd ok-to-stop 7",
      "osd purge 7 --force --yes-i-really-mean-it",
      "osd new u1 -i -",
    ]);
    expect(take("mkfs")).toContain("--mkfs --id 7");
  });

  it("is not given up while there is data that only it has", () => {
    clusterHas(entry(0, 5));
    writeFileSync(join(folder, "needed"), "");
    const { status, stderr } = make(file);
    expect(status).toBe(1);
    expect(stderr).toContain("can't serve without it: 3 pgs would be offline. Nothing was changed.");
    expect(take("asked")).not.toContain("purge");
    expect(existsSync(directory)).toBe(false);
  });

  it("is not given up while the OSD runs elsewhere", () => {
    clusterHas(entry(1, 5));
    const { status, stderr } = make(file);
    expect(status).toBe(1);
    expect(stderr).toContain("OSD 7 is up, but there is no store of it here; nothing was changed");
    expect(take("asked")).not.toMatch(/ok-to-stop|destroy/);
  });
});

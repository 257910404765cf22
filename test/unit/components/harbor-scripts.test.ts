import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import {
  adminPasswordScript,
  databasePasswordScript,
  healthScript,
  prepareScript,
  versionScript,
} from "../../../components/harbor/scripts";
import { shell } from "./shell";

const { folder, fake, sh, take } = shell();

describe("in front of the containers", () => {
  const directory = join(folder, "harbor");
  const prepare = (version: string) =>
    sh(
      prepareScript({
        name: "harbor",
        host: "host1",
        directory,
        storageDirectory: join(folder, "layers"),
        version,
        writers: ["harbor-proxy", "harbor-core"],
        backupCommand: "npm run harbor -- --stack prod backup DIRECTORY",
      }),
    );
  const version = () => readFileSync(join(directory, "version"), "utf8").trim();

  beforeEach(() => {
    rmSync(directory, { recursive: true, force: true });
    fake("chown", `echo "$@" >>"${folder}/chown"`);
    fake("docker", `case $1 in ps) echo id ;; *) echo "$@" >>"${folder}/docker" ;; esac`);
    take("chown");
    take("docker");
  });

  it("directories are made, each for its user, and the version is noted", () => {
    expect(prepare("2.14.4")).toMatchObject({ status: 0, stdout: "harbor: directories are there\n" });
    expect(take("chown")).toContain(`999:999 ${directory}/database\n`);
    expect(take("chown")).toBe("");
    expect(existsSync(join(directory, "scanner", "trivy"))).toBe(true);
    expect(existsSync(join(folder, "layers"))).toBe(true);
    expect(version()).toBe("2.14.4");
    expect(prepare("2.14.4").status).toBe(0);
    expect(take("docker")).toBe("");
  });

  it("another version waits for a backup of the one that is there", () => {
    prepare("2.14.4");
    const refused = prepare("2.15.4");
    expect(refused.status).toBe(1);
    expect(refused.stderr).toBe(
      "host1: harbor is to go from 2.14.4 to 2.15.4, which can't be undone, and there is no backup of 2.14.4 from the last 24 hours. Run: npm run harbor -- --stack prod backup DIRECTORY. Then run pulumi up again.\n",
    );
    const saved = join(directory, "saved");
    writeFileSync(saved, "2.14.3\n");
    expect(prepare("2.15.4").status).toBe(1);
    writeFileSync(saved, "2.14.4\n");
    utimesSync(saved, Date.now() / 1000, Date.now() / 1000 - 25 * 3600);
    expect(prepare("2.15.4").status).toBe(1);
    expect(take("docker")).toBe("");

    writeFileSync(saved, "2.14.4\n");
    expect(prepare("2.15.4").stdout).toContain("harbor: goes from 2.14.4 to 2.15.4\n");
    expect(take("docker")).toBe("stop --time 60 harbor-proxy\nstop --time 60 harbor-core\n");
    expect(version()).toBe("2.14.4"); // until all of it is healthy
    expect(sh(versionScript(directory, "2.15.4", "x")).status).toBe(0);
    expect(version()).toBe("2.15.4");
  });

  it("there is no way back, and data without a version is not touched", () => {
    prepare("2.15.4");
    writeFileSync(join(directory, "saved"), "2.15.4\n");
    expect(prepare("2.14.4").stderr).toContain("has data of Harbor 2.15.4, which 2.14.4 can't read");
    rmSync(join(directory, "version"));
    mkdirSync(join(directory, "database", "pg18"));
    expect(prepare("2.15.4").stderr).toContain(`${directory}/version is missing`);
  });
});

describe("behind the containers", () => {
  const args = {
    containers: ["harbor-core"],
    because: "id",
    patience: 1,
    look: (container: string) => `ssh root@192.0.2.11 docker logs ${container}`,
  };

  it.each([
    ["healthy", 0],
    ["running", 0], // without a check of its own
    ["starting", 1],
    ["unhealthy", 1],
  ])("one that is %s ends with %i", (status, code) => {
    fake("docker", `echo ${status}`);
    const ended = sh(healthScript(args));
    expect(ended.status).toBe(code);
    if (code)
      expect(ended.stderr).toContain(`it is ${status}. Look at: ssh root@192.0.2.11 docker logs harbor-core`);
  });
});

describe("passwords", () => {
  it("of the database go over standard input", () => {
    fake("docker", `echo "$@" >"${folder}/arguments"; cat >"${folder}/input"`);
    expect(sh(databasePasswordScript("harbor-database", "it's")).status).toBe(0);
    expect(take("arguments")).not.toContain("it's");
    expect(take("input")).toContain("ALTER USER postgres PASSWORD 'it''s';");
  });

  const harbor = (right: string, change = 200) => {
    fake("sleep", "");
    fake(
      "docker",
      `input=$(cat); echo "$*" >>"${folder}/arguments"
      case $input in
        *users/1/password*) printf '%s' "$input" >"${folder}/change"; printf ${change} ;;
        *'user = "admin:${right}"'*) printf 200 ;;
        *) printf 401 ;;
      esac`,
    );
  };

  it("of admin are the last of all generations, whichever it was", () => {
    harbor("second");
    expect(sh(adminPasswordScript("harbor-core", ["first", "second"])).stdout).toBe(
      "password of admin: unchanged\n",
    );
    harbor("first");
    expect(sh(adminPasswordScript("harbor-core", ["first", "second"])).stdout).toBe(
      "password of admin: changed\n",
    );
    const change = take("change");
    expect(change).toContain('user = "admin:first"');
    expect(change).toContain(String.raw`data = "{\"old_password\":\"first\",\"new_password\":\"second\"}"`);
    expect(take("arguments")).not.toMatch(/first|second/);
  });

  it("of admin that nobody knows, or that Harbor does not take, are a failure that says so", () => {
    harbor("by-hand");
    const unknown = sh(adminPasswordScript("harbor-core", ["first"]));
    expect([unknown.status, unknown.stderr]).toEqual([1, expect.stringContaining("changed by hand")]);
    harbor("first", 400);
    const refused = sh(adminPasswordScript("harbor-core", ["first", "second"]));
    expect([refused.status, refused.stderr]).toEqual([
      1,
      "harbor-core answers 400 to a new password of admin. Look at: docker logs --tail 50 harbor-core\n",
    ]);
  });
});

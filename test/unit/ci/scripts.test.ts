import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { planFile } from "../../engine/recorded-plan";
import { Desk } from "./fake-program";

let desk: Desk;
beforeEach(async () => {
  desk = await Desk.open();
});
afterEach(() => desk.remove());

describe(".ci/plan", () => {
  const plan = (...args: string[]) => desk.run(".ci/plan", ["prod", `${desk.folder}/out`, ...args]);
  /** A Pulumi CLI that prints a plan when it is asked for JSON and a text otherwise, and ends with a code. */
  const pulumi = (name: string, code: number, text = "") =>
    desk.program(
      "pulumi",
      `case "$*" in *--json*) cat '${planFile(name)}' ;; *) printf '%s' '${text}' ;; esac; exit ${code}`,
    );

  it("ends with the gate's code, and writes what reviewers read", { timeout: 120_000 }, async () => {
    await pulumi("osd-removed", 0);
    expect((await plan("--refresh")).code).toBe(2);
    expect(await desk.read("out/comment.md")).toContain("### 🛑 `prod`: data is lost");
    const [call] = await desk.calls();
    expect(call?.join(" ")).toBe(
      "pulumi preview --stack prod --non-interactive --policy-pack policy --json --refresh",
    );
  });

  /** The gate takes seconds to start: where it does not matter what it says, this says it. */
  const gate = (code: number, text: string) => desk.program("npm", `printf '%s\\n' '${text}'; exit ${code}`);

  it("fails when a policy is broken, and says which", async () => {
    const text = `Resources:
    1 unchanged
Policies:
    farmstack@v0.1.0
        - [mandatory]  image-tag  (it has a \`tick\`)
Diagnostics:
  error: preview failed
`;
    await pulumi("nothing", 255, text);
    await gate(0, "no data is lost");
    expect((await plan()).code).toBe(1);
    const comment = await desk.read("out/comment.md");
    expect(comment).toContain("no data is lost");
    expect(comment).toContain("[mandatory]  image-tag  (it has a 'tick')");
    expect(comment).not.toContain("Diagnostics");
  });

  it("fails, with a comment, when there is no plan", async () => {
    await desk.program("pulumi", "echo 'error: no stack named prod found' >&2; exit 255");
    await desk.program("npm", "exit 1");
    const { code, stderr } = await plan();
    expect(code).toBe(1);
    expect(stderr).toContain("no stack named prod");
    expect(await desk.read("out/comment.md")).toContain("there is no plan\n\nThe preview ended with 255");
  });
});

describe(".ci/with-ssh-key", () => {
  it("gives a command an agent with the key, and not the key", async () => {
    await desk.program("ssh-add", 'echo "added: $(cat)" >>"$CALLS"');
    await desk.program(
      "ssh-agent",
      'case "$*" in -s) echo "SSH_AUTH_SOCK=/run/agent; export SSH_AUTH_SOCK;" ;; esac',
    );
    const shown = await desk.run(
      ".ci/with-ssh-key",
      ["sh", "-c", 'echo "$SSH_AUTH_SOCK [$SSH_KEY]"; exit 7'],
      {
        SSH_KEY: "THE-KEY",
      },
    );
    expect(shown).toMatchObject({ code: 7, stdout: "/run/agent []\n" });
    expect((await desk.calls()).map(([program, ...args]) => [program, ...args].join(" "))).toEqual([
      "ssh-agent -s",
      "ssh-add -q - added: THE-KEY",
      "ssh-agent -k",
    ]);
  });

  it("without a key leaves the agent that is there", async () => {
    const { stdout } = await desk.run(".ci/with-ssh-key", ["sh", "-c", "echo $SSH_AUTH_SOCK"], {
      SSH_AUTH_SOCK: "/run/mine",
    });
    expect(stdout).toBe("/run/mine\n");
  });
});

describe("on GitHub", () => {
  const env = { GITHUB_REPOSITORY: "farm/stack" };
  const gh = (found: string) =>
    desk.program("gh", `case "$*" in *--paginate*) printf '%s' '${found}' ;; esac`);
  const writes = async () => (await desk.calls()).slice(1).map((call) => call.slice(1).join(" "));

  it("a comment is written once, and edited ever after", async () => {
    const file = await desk.file("comment.md", "<!-- farmstack-gate prod -->\ntext\n");
    await gh("");
    expect((await desk.run(".github/comment.sh", ["7", file], env)).code).toBe(0);
    expect(await writes()).toEqual([
      `api --silent --method POST repos/farm/stack/issues/7/comments --field body=@${file}`,
    ]);
    await gh("42\n43\n");
    await desk.run(".github/comment.sh", ["7", file], env);
    expect((await writes()).at(-1)).toBe(
      `api --silent --method PATCH repos/farm/stack/issues/comments/42 --field body=@${file}`,
    );
  });

  it.each([
    [
      "opened",
      "1",
      "",
      "--method POST repos/farm/stack/issues --field title=Drift: prod is not as it was declared",
    ],
    ["edited", "1", "5", "--method PATCH repos/farm/stack/issues/5 --field body=@"],
    ["closed", "0", "5", "--method PATCH repos/farm/stack/issues/5 --field state=closed"],
    ["left alone", "0", "", undefined],
  ])("the issue of a drift is %s", async (_, code, found, written) => {
    await gh(found);
    const file = await desk.file("comment.md", "text\n");
    expect((await desk.run(".github/issue.sh", ["prod", code, file], env)).code).toBe(0);
    const [call] = await writes();
    if (written === undefined) expect(call).toBeUndefined();
    else expect(call).toContain(written);
  });
});

describe("on GitLab", () => {
  const env = {
    CI_API_V4_URL: "https://gitlab.example.com/api/v4",
    CI_PROJECT_ID: "3",
    GITLAB_API_TOKEN: "TOKEN",
  };
  const project = "https://gitlab.example.com/api/v4/projects/3";
  const curl = (found: string) =>
    desk.program("curl", `case "$*" in *--request*) ;; *) cat <<'FOUND'\n${found}\nFOUND\n;; esac`);
  const last = async () => (await desk.calls()).at(-1)?.join(" ");

  it("a note is written once, and edited ever after; the token is in no argument", async () => {
    const file = await desk.file("comment.md", "<!-- farmstack-gate prod -->\ntext\n");
    await curl('[{"id": 1, "body": "another"}]');
    expect((await desk.run(".gitlab/comment.sh", ["7", file], env)).code).toBe(0);
    expect(await last()).toContain(
      `--request POST --data-urlencode body@${file} ${project}/merge_requests/7/notes`,
    );
    await curl('[{"id": 1, "body": "another"}, {"id": 2, "body": "<!-- farmstack-gate prod -->\\nold"}]');
    await desk.run(".gitlab/comment.sh", ["7", file], env);
    expect(await last()).toContain(
      `--request PUT --data-urlencode body@${file} ${project}/merge_requests/7/notes/2`,
    );
    expect(JSON.stringify(await desk.calls())).not.toContain("TOKEN");
  });

  it.each([
    ["opened", "2", "[]", `--data labels=drift ${project}/issues`],
    ["edited", "1", "5", `${project}/issues/5`],
    ["closed", "0", "5", `--request PUT --data state_event=close ${project}/issues/5`],
  ])("the issue of a drift is %s", async (_, code, number, written) => {
    await curl(
      number === "[]" ? "[]" : `[{"iid": ${number}, "title": "Drift: prod is not as it was declared"}]`,
    );
    const file = await desk.file("comment.md", "text\n");
    expect((await desk.run(".gitlab/issue.sh", ["prod", code, file], env)).code).toBe(0);
    expect(await last()).toContain(written);
  });
});

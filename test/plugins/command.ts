import { type Case, type Failing, type Place, quietText, scratch, secret, secretTexts } from "./case";

export const connection = ({ address, hostKey, privateKeyFile }: Place) => ({
  host: address,
  user: "root",
  hostKey,
  privateKey: { $secretFile: privateKeyFile },
});

const remote = (place: Place) => ({
  class: "command.remote.Command" as const,
  connected: (props: Record<string, unknown>) => ({
    connection: connection(place),
    addPreviousOutputInEnv: false, // the hosts' sshd refuses these variables
    ...props,
  }),
});

export function commandCases(place: Place): Case[] {
  const { class: remoteCommand, connected } = remote(place);
  const journal = (name: string) => `${scratch}/${name}`;
  const note = (name: string, word: string) => `echo ${word} >> ${journal(name)}`;
  const read = (name: string) => `cat ${journal(name)}`;
  return [
    {
      shows: "local.Command: an update runs `update` and knows what was printed before",
      class: "command.local.Command",
      name: "local",
      props: { create: "echo made", update: 'echo "was $PULUMI_COMMAND_STDOUT"', environment: { A: "1" } },
      changed: { environment: { A: "2" } },
      plan: "update",
      made: { outputs: { stdout: "made", stderr: "" } },
      changedLook: { outputs: { stdout: "was made" } },
    },
    {
      shows: "remote.Command: a changed `create` runs in place",
      class: remoteCommand,
      name: "recreated",
      props: connected({ create: "echo one; echo two >&2" }),
      changed: { create: "echo three" },
      plan: "update",
      made: { outputs: { stdout: "one", stderr: "two" } },
      changedLook: { outputs: { stdout: "three", stderr: "" } },
    },
    {
      shows: "remote.Command: with an `update`, that runs and `create` does not",
      class: remoteCommand,
      name: "updated",
      props: connected({ create: note("updated", "create"), update: note("updated", "update") }),
      changed: { create: note("updated", "changed-create") },
      plan: "update",
      made: { host: [read("updated"), "create"] },
      changedLook: { host: [read("updated"), "create\nupdate"] },
    },
    {
      shows: "remote.Command: another trigger replaces it, `delete` first",
      class: remoteCommand,
      name: "triggered",
      props: connected({
        create: note("triggered", "create"),
        delete: note("triggered", "delete"),
        triggers: ["1"],
      }),
      changed: { triggers: ["2"] },
      plan: "replace",
      changedLook: { host: [read("triggered"), "create\ndelete\ncreate"] },
      deleted: { host: [read("triggered"), "create\ndelete\ncreate\ndelete"] },
    },
    {
      shows: "remote.Command: takes a secret on stdin",
      class: remoteCommand,
      name: "stdin",
      props: connected({
        create: `umask 077; cat > ${journal("stdin")}; echo done`,
        stdin: secret(secretTexts.before),
      }),
      changed: { stdin: secret(secretTexts.stdin) },
      plan: "update",
      made: {
        host: [read("stdin"), secretTexts.before],
        outputs: { stdout: "done" },
        secret: ["connection", "stdin"],
      },
      changedLook: { host: [read("stdin"), secretTexts.stdin] },
    },
    {
      shows: "remote.Command: what it prints with `logging: none` is not shown",
      class: remoteCommand,
      name: "quiet",
      props: connected({ create: `echo ${quietText} | tr a-z A-Z`, logging: "none" }),
      plan: "same",
      made: { outputs: { stdout: quietText.toUpperCase() } },
    },
    {
      shows: "remote.Command: has the environment that sshd takes",
      class: remoteCommand,
      name: "environment",
      props: connected({ create: 'echo "$LC_CONTRACT"', environment: { LC_CONTRACT: "a b" } }),
      changed: { environment: { LC_CONTRACT: 'c "d"' } },
      plan: "update",
      made: { outputs: { stdout: "a b" } },
      changedLook: { outputs: { stdout: 'c "d"' } },
    },
    {
      shows: "remote.Command: another setting of the connection runs it again",
      class: remoteCommand,
      name: "reconnected",
      props: connected({ create: note("reconnected", "create") }),
      changed: { connection: { ...connection(place), perDialTimeout: 20 } },
      plan: "update",
      changedLook: { host: [read("reconnected"), "create\ncreate"] },
    },
    {
      shows: "remote.CopyToRemote: another text is copied",
      class: "command.remote.CopyToRemote",
      name: "copy",
      props: {
        connection: connection(place),
        source: { $text: "first\n" },
        remotePath: `${scratch}/copy`,
      },
      changed: { source: { $text: "zweite ü\n" } },
      plan: "update",
      made: { host: [read("copy"), "first"] },
      changedLook: { host: [read("copy"), "zweite ü"] },
      deleted: { host: [read("copy"), "zweite ü"] },
    },
    {
      shows: "remote.CopyToRemote: another trigger copies again",
      class: "command.remote.CopyToRemote",
      name: "copied-again",
      props: {
        connection: connection(place),
        source: { $text: "kept" },
        remotePath: `${scratch}/copied-again`,
        triggers: ["1"],
      },
      changed: { triggers: ["2"] },
      drift: `rm ${scratch}/copied-again`,
      plan: "replace",
      changedLook: { host: [read("copied-again"), "kept"] },
    },
  ];
}

/** A key that no host has. */
export const otherKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";

export function commandFailing(place: Place): Failing[] {
  const { class: remoteCommand, connected } = remote(place);
  return [
    {
      shows: "local.Command: fails",
      class: "command.local.Command",
      name: "local-fails",
      props: { create: "echo told; exit 4" },
      fails: /exit status 4: running "echo told; exit 4":\s+told/,
    },
    {
      shows: "remote.Command: fails, and says the command and what it printed, but not its stdin",
      class: remoteCommand,
      name: "remote-fails",
      props: connected({ create: "cat >/dev/null; echo told >&2; exit 3", stdin: secret(secretTexts.stdin) }),
      fails: /Process exited with status 3: running "cat >\/dev\/null; echo told >&2; exit 3":\s+told/,
    },
    {
      shows: "remote.Command: another host key is refused before anything runs",
      class: remoteCommand,
      name: "wrong-key",
      props: {
        ...connected({ create: `touch ${scratch}/wrong-key` }),
        connection: { ...connection(place), hostKey: otherKey, dialErrorLimit: 1 },
      },
      fails: /host key/,
      after: [`ls ${scratch} | grep -c wrong-key`, "0"],
    },
    {
      shows: "remote.CopyToRemote: cannot write there",
      class: "command.remote.CopyToRemote",
      name: "copy-fails",
      props: { connection: connection(place), source: { $text: "x" }, remotePath: "/proc/contract/file" },
      fails: /\/proc\/contract/,
    },
  ];
}

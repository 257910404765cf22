import { quote } from "../hosts/shell";

/** Who may use a volume's files, by their numbers. */
export interface Owner {
  /** Number of the user. */
  user: number;
  /** Number of the group. */
  group: number;
}

/**
 * Name of a claim's volume and of its directory. No namespace has a dot in its name, so two claims never have the same.
 * Throws for a name that Kubernetes would not take: root makes a directory of it.
 */
export function volumeName(namespace: string, claim: string): string {
  const name = `${namespace}.${claim}`;
  if (!/^[a-z0-9-]+(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/.test(name))
    throw new Error(
      `no volume for the claim ${claim} in the namespace ${namespace}: not names of Kubernetes`,
    );
  return name;
}

/** Where the directories of volumes are, below a mount. */
export const volumesIn = (mount: string): string => `${mount}/volumes`;

/**
 * Script that makes a volume's directory in a file system that is mounted, and gives it to its owner. Nothing is made
 * where the mount is away, and nothing that is in the directory is ever touched.
 */
export function directoryScript(mount: string, volume: string, { user, group }: Owner, look: string): string {
  return `
mount=${quote(mount)}
if ! timeout 10 mountpoint -q "$mount"; then
  echo "$mount is not mounted, and the volume ${volume} must be in it. Look at:" ${quote(look)} >&2
  exit 1
fi
directory=${quote(`${volumesIn(mount)}/${volume}`)}
mkdir -p "$directory"
chown ${user}:${group} "$directory"
chmod 2770 "$directory" # what is made in it is the group's, too
echo "$directory: there"
`;
}

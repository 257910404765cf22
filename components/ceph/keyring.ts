/** What an entity may do, by the kind of daemon that it asks. https://docs.ceph.com/en/latest/rados/operations/user-management/ */
export type Capabilities = Partial<Record<"mon" | "mgr" | "osd" | "mds", string>>;

export interface KeyringEntry {
  /** Such as `client.admin`. */
  entity: string;
  /** Base64, as `cephxKey` makes it. */
  key: string;
  caps: Capabilities;
}

/** Text of a keyring file. */
export function renderKeyring(entries: KeyringEntry[]): string {
  return entries
    .map(({ entity, key, caps }) => {
      const lines = Object.entries(caps).map(([daemon, allowed]) => `\tcaps ${daemon} = "${allowed}"\n`);
      return `[${entity}]\n\tkey = ${key}\n${lines.join("")}`;
    })
    .join("");
}

/** Capabilities of the cluster's own entities. */
export const capabilities = {
  monitor: { mon: "allow *" },
  admin: { mon: "allow *", mgr: "allow *", osd: "allow *", mds: "allow *" },
  manager: { mon: "allow profile mgr", osd: "allow *", mds: "allow *" },
  metadataServer: {
    mon: "allow profile mds",
    mgr: "allow profile mds",
    osd: "allow rw tag cephfs *=*",
    mds: "allow",
  },
} satisfies Record<string, Capabilities>;

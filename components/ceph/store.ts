import { quote } from "../hosts/shell";

export interface StoreArgs {
  /** Directory on the host that holds the store. */
  directory: string;
  /** What the store belongs to; written beside the data when it is made, and compared ever after. */
  identity: string;
  /** Whose store it is, for the messages: `mon.host1`. */
  owner: string;
  /** Shell command that prints, when the store is there, what those that wait for it need. @default nothing */
  report?: string;
}

/** Part of a script: ends it well when the store is there, and badly when what is there is not this one. */
export const keepStore = ({ directory, identity, owner, report = "" }: StoreArgs): string => `
store=${quote(directory)}
identity=${quote(identity)}
if [ -e "$store" ]; then
  found=$(cat "$store/farmstack-identity" 2>/dev/null || echo "unknown")
  if [ "$found" = "$identity" ]; then
    echo "store of ${owner}: unchanged"
    ${report}
    return
  fi
  echo "${owner}: $store belongs to something else ($found, not $identity); nothing was changed. Move it away if it is not needed." >&2
  exit 1
fi
`;

/**
 * Part of a script, after `keepStore`: makes the store. `make` fills the directory `$new`, which is then moved into
 * its place whole, so that a run that was cut leaves no half store.
 */
export const makeStore = ({ owner, report = "" }: StoreArgs, make: string): string => `
new="$store.new"
rm -rf "$new"
mkdir -p "$new"
${make}
echo "$identity" >"$new/farmstack-identity"
sync -f "$new"
mv "$new" "$store"
echo "store of ${owner}: made"
${report}
`;

/**
 * Command that moves a store out of the way, when what it belongs to is no longer declared. Nothing is deleted; and
 * while the daemon's container is there the store stays too, since then only this step is made anew (`up --replace`).
 */
export const setStoreAside = (directory: string, container: string): string =>
  `docker container inspect ${quote(container)} >/dev/null 2>&1 || ! test -e ${quote(directory)} || mv ${quote(directory)} ${quote(directory)}.removed-$(date -u +%Y%m%dT%H%M%SZ)`;

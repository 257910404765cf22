import { dirname } from "node:path/posix";
import { quote } from "../hosts/shell";

/** Part of a script: makes the directory of a mount, unless it is mounted already. Fails when something else is in it. */
export const makeMountPoint = (path: string): string => `
path=${quote(path)}
if [ -z "$(findmnt -n "$path")" ]; then # also of a mount that is dead
  mkdir -p "$path"
  if [ -n "$(ls -A "$path")" ]; then
    echo "$path is not empty: $(ls -A "$path" | head -n 3 | tr '\\n' ' '). What is in it would be hidden by the mount; move it away." >&2
    exit 1
  fi
  chattr +i "$path" 2>/dev/null || true # not every file system knows it
fi
`;

/** File with `mon_host` in the folder of a mount. */
export const monitorsFile = "mon_host";

/** What a mount's container is told on its host. */
export interface MountFolder {
  /** Directory on the host. */
  folder: string;
  /** `mon_host`: the endpoints of all monitors. */
  addresses: string;
}

/** Script that makes the directory of a mount that a container makes, and the folder with the monitors' addresses. */
export function directoryScript(path: string, { folder, addresses }: MountFolder): string {
  return `${makeMountPoint(path)}
parent=${quote(dirname(path))}
case $(findmnt -n -o PROPAGATION --target "$parent") in
*shared*) ;;
*)
  echo "$parent is on a mount that is not shared, so what a container mounts there does not show on the host. See: findmnt -o TARGET,PROPAGATION; mount --make-rshared" >&2
  exit 1
  ;;
esac
folder=${quote(folder)}
mkdir -p "$folder"
printf %s ${quote(addresses)} >"$folder/${monitorsFile}.new"
mv "$folder/${monitorsFile}.new" "$folder/${monitorsFile}"
echo "$path: there"
`;
}

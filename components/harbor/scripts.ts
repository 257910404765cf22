import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assignments, quote } from "../hosts/shell";
import { harborUser, storeUser } from "./services";

const part = (file: string) => readFileSync(join(__dirname, file), "utf8");
const [prepareBody, adminBody] = [part("prepare.sh"), part("admin-password.sh")];

/** Directories on the host, below that of Harbor: name → user that they belong to. */
export const directories = {
  database: storeUser,
  redis: storeUser,
  job_logs: harborUser,
  scanner: harborUser,
  "scanner/trivy": harborUser,
  "scanner/reports": harborUser,
} as const;

/** File with the version whose data the directory has. */
export const versionFile = "version";
/** File that a backup leaves: the version that was saved. Its time counts. */
export const savedFile = "saved";

export interface PrepareArgs {
  /** Name of the component, and of the host. */
  name: string;
  host: string;
  directory: string;
  /** Directory of the layers. */
  storageDirectory: string;
  version: string;
  /** Containers that write, in the order in which they are stopped before an upgrade. */
  writers: string[];
  /** What to type to make a backup. */
  backupCommand: string;
}

/**
 * Script in front of all containers: makes the directories, and lets another version come near data only after a backup
 * of no more than a day. What writes is stopped then, so that the backup has all there is.
 */
export function prepareScript(args: PrepareArgs): string {
  const { name, host, directory, storageDirectory, version, writers, backupCommand } = args;
  const owners = [
    ...Object.entries(directories).map(([path, owner]) => `${owner}:${directory}/${path}`),
    `${harborUser}:${storageDirectory}`,
  ];
  return `${assignments({
    harbor: name,
    host,
    directory,
    version,
    owners: owners.join(" "),
    writers: writers.join(" "),
    backup_command: backupCommand,
  })}\n${prepareBody}`;
}

/** Script behind all containers: the data is of this version now. */
export const versionScript = (directory: string, version: string, because: string): string =>
  `# because of ${because}
new=${quote(`${directory}/${versionFile}`)}.new
echo ${quote(version)} >"$new"
sync -f "$new"
mv "$new" ${quote(`${directory}/${versionFile}`)}
echo ${quote(`version of the data: ${version}`)}
`;

export interface HealthArgs {
  containers: string[];
  /** When this text is another, it asks again. */
  because: string;
  /** Tries for each container, one a second. */
  patience: number;
  /** What to type to see more of a container. */
  look: (container: string) => string;
}

/** Script that waits until each container says that it is healthy; one that has no such check has to run. */
export const healthScript = ({ containers, because, patience, look }: HealthArgs): string =>
  `# because of ${because}\n${containers
    .map(
      (container) => `tries=0
while :; do
  status=$(docker inspect --format '{{if .State.Health}}{{.State.Health.Status}}{{else}}{{.State.Status}}{{end}}' ${quote(container)} 2>&1) || true
  case $status in healthy | running) break ;; esac
  tries=$((tries + 1))
  if [ "$tries" -ge ${patience} ]; then
    echo ${quote(`${container} is not healthy within ${patience} tries, it is`)} "$status. Look at:" ${quote(look(container))} >&2
    exit 1
  fi
  sleep 1
done
echo ${quote(`${container}:`)} "$status"
`,
    )
    .join("")}`;

/**
 * Script that gives the database's user the password, which Harbor's image does on its first start alone. It asks nobody
 * for the old one: inside of the container the user `postgres` is let in by the socket. A secret.
 */
export const databasePasswordScript = (container: string, password: string): string =>
  `docker exec --interactive ${quote(container)} psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --username postgres --dbname postgres <<'SQL' >/dev/null
SET log_statement = 'none';
ALTER USER postgres PASSWORD '${password.replaceAll("'", "''")}';
SQL
echo "password of the database: set"
`;

/**
 * Script that gives the administrator the last of the passwords. It logs in with the newest that fits and changes it:
 * Harbor takes a password from its variables on its first start alone. A secret; the passwords are letters and digits.
 */
export const adminPasswordScript = (container: string, passwords: string[]): string =>
  `${assignments({ core: container, passwords: passwords.join(" ") })}\n${adminBody}`;

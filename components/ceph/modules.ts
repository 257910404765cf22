import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { quote } from "../hosts/shell";
import { cephIn, type CommandLine } from "./command-line";
import { type ManagerModule, managerModules } from "./manager-modules";

/** A manager that takes on a module starts again. */
const patience = 180;

/** Part of a script: waits until the active manager serves the module, and prints where. */
const waitForService = (monitor: string, module: ManagerModule): string => `
tries=0
until address=$(${cephIn(monitor)} mgr services --format json | tr -d ' \\n' | grep -oE ${quote(`"${module}":"[^"]*"`)} | cut -d '"' -f 4) && [ -n "$address" ]; do
  tries=$((tries + 1))
  if [ "$tries" -ge ${patience} ]; then
    echo ${quote(`no manager serves the module ${module} within ${patience} tries. Look at: ceph mgr module ls, ceph health detail`)} >&2
    exit 1
  fi
  sleep 1
done
`;

/** Script that turns a module on, and prints its address on the manager that is active now. */
export const moduleScript = (monitor: string, module: ManagerModule): string =>
  `${cephIn(monitor)} mgr module enable ${module}\n${waitForService(monitor, module)}echo "$address"\n`;

/** User of the dashboard that the program makes. */
export const dashboardUser = "admin";

/**
 * Script that turns the dashboard on, with a certificate that it signs itself and one user. A certificate that is
 * there, your own too, stays. https://docs.ceph.com/en/latest/mgr/dashboard/
 */
export function dashboardScript(monitor: string, password: string): string {
  const ceph = cephIn(monitor);
  const withPassword = (command: string) =>
    `${cephIn(monitor, "input")} dashboard ${command} <<'PASSWORD' >/dev/null\n${password}\nPASSWORD`;
  return `${ceph} mgr module enable dashboard
tries=0
until users=$(${ceph} dashboard ac-user-show --format json 2>&1) || [ "$tries" -ge ${patience} ]; do tries=$((tries + 1)); sleep 1; done
${ceph} config-key exists mgr/dashboard/crt 2>/dev/null || ${ceph} dashboard create-self-signed-cert
case $users in
*'"${dashboardUser}"'*)
${withPassword(`ac-user-set-password ${dashboardUser} -i -`)}
  ;;
*)
${withPassword(`ac-user-create ${dashboardUser} -i - administrator`)}
  ;;
esac
# It takes the certificate when it starts.
${ceph} mgr module disable dashboard
${ceph} mgr module enable dashboard
${waitForService(monitor, "dashboard")}echo "$address"
`;
}

/**
 * The chosen modules, one after the other, since each makes the active manager start again. Gives the dashboard's
 * password, a secret.
 */
export function enableModules(
  cluster: string,
  modules: ManagerModule[],
  monitor: CommandLine,
  opts: pulumi.CustomResourceOptions & { dependsOn: pulumi.Resource[] },
): pulumi.Output<string> | undefined {
  let dashboardPassword: pulumi.Output<string> | undefined;
  let before = opts.dependsOn;
  for (const module of managerModules.filter((one) => modules.includes(one))) {
    const undo = `${cephIn(monitor.container)} mgr module disable ${module}`;
    let script: pulumi.Input<string> = moduleScript(monitor.container, module);
    if (module === "dashboard") {
      const { result } = new random.RandomPassword(
        `${cluster}-dashboard-password`,
        { length: 32, special: false },
        { parent: opts.parent },
      );
      dashboardPassword = result;
      script = result.apply((password) => dashboardScript(monitor.container, password));
    }
    before = [
      monitor.host.run(`${cluster}-module-${module}`, { script, undo }, { ...opts, dependsOn: before }),
    ];
  }
  return dashboardPassword && pulumi.secret(dashboardPassword);
}

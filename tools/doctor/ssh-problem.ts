import { type RemoteHost, shellCommand } from "../connection";
import { fault, type Result } from "./finding";

/** What keeps ssh from a session, by what it printed. Pure. `stack` is for the messages. */
export function sshProblem(host: RemoteHost, stack: string, printed: string): Result {
  const { address, ssh } = host;
  const { user, port } = ssh;
  const line = printed.trim().split("\n").filter(Boolean);
  const says = (pattern: RegExp) => line.find((text) => pattern.test(text));
  const last = line.at(-1) ?? "it said nothing";
  if (says(/Could not resolve hostname/))
    return fault("name", `${address} is unknown to this machine's resolver`, `getent hosts ${address}`);
  if (says(/No route to host|Network is unreachable/))
    return fault(
      "route",
      `no way leads to ${address}: the machine is off, or a firewall refuses`,
      `ip route get ${address}; ping -c 3 ${address}`,
    );
  if (says(/timed out/))
    return fault(
      "route",
      `${address} does not answer on port ${port}: the machine is off, or a firewall drops what comes`,
      `ping -c 3 ${address}; nc -vz ${address} ${port}`,
    );
  if (says(/Connection refused/))
    return fault(
      "sshd",
      `nothing listens on port ${port} of ${address}`,
      `on its console: systemctl status ssh sshd; or set ssh.port`,
    );
  if (
    says(
      /Host key verification failed|HOST IDENTIFICATION HAS CHANGED|no matching host key type|host key is known/i,
    )
  )
    return fault(
      "host key",
      "it shows another key than the stack's file has: another machine, or one installed anew",
      `npm run hosts:trust -- --stack ${stack}`,
    );
  if (says(/Permission denied/))
    return fault(
      "login",
      `sshd does not let ${user} in`,
      `${ssh.privateKeyFile ? `ssh-copy-id -i ${ssh.privateKeyFile}.pub` : "ssh-copy-id"} -p ${port} ${user}@${address}`,
    );
  if (says(/Bad permissions|UNPROTECTED PRIVATE KEY/))
    return fault(
      "login",
      `ssh does not take ${ssh.privateKeyFile}: others may read it`,
      `chmod 600 ${ssh.privateKeyFile}`,
    );
  return fault("ssh", last, shellCommand(host, "true"));
}

/** What keeps the login from being root, by what sudo printed; undefined when that is not it. */
export function sudoProblem({ name, ssh: { user } }: RemoteHost, printed: string): Result | undefined {
  if (/sudo: .*(password is required|terminal is required|askpass)/.test(printed))
    return fault(
      "sudo",
      `${user} may not sudo without a password`,
      `on ${name}, as root: echo '${user} ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/${user}`,
    );
  if (/sudo: (command )?not found|sudo: No such file/.test(printed))
    return fault("sudo", "there is no sudo", `on ${name}, as root: install sudo, or set ssh.user to root`);
  if (/not in the sudoers file|not allowed to execute|may not run sudo/.test(printed))
    return fault(
      "sudo",
      `${user} may not sudo`,
      `on ${name}, as root: echo '${user} ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/${user}`,
    );
  return undefined;
}

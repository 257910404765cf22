import * as pulumi from "@pulumi/pulumi";
import { type Host } from "../hosts";
import { uploadConfiguration } from "./kubeadm-config";
import { admin } from "./kubectl";

const program = "/etc/kubernetes/farmstack-invite";

export interface InvitationArgs {
  version: string;
  /** Bootstrap token `ID.SECRET`. */
  token: string;
  /** Key that the control plane's certificates are uploaded with: 64 hexadecimal digits. */
  certificateKey: string;
}

/**
 * Script that leaves on a control plane the program that invites: it makes the token known to the cluster for half an
 * hour, and uploads the control plane's certificates, which are void after two hours. Whoever can read it there can
 * read the cluster's certificate authority as well.
 */
export function invitationScript({ version, token, certificateKey }: InvitationArgs): string {
  const [id = "", secret = ""] = token.split(".");
  const text = `#!/bin/sh
set -eu
PATH=$PATH:/usr/local/bin
${admin} apply --server-side --force-conflicts --filename - <<SECRET >/dev/null
apiVersion: v1
kind: Secret
type: bootstrap.kubernetes.io/token
metadata: { name: bootstrap-token-${id}, namespace: kube-system }
stringData:
  token-id: "${id}"
  token-secret: "${secret}"
  expiration: "$(date --utc --date '+30 minutes' +%Y-%m-%dT%H:%M:%SZ)"
  usage-bootstrap-authentication: "true"
  usage-bootstrap-signing: "true"
  auth-extra-groups: system:bootstrappers:kubeadm:default-node-token
SECRET
[ "\${1:-}" = control-plane ] || exit 0
kubeadm init phase upload-certs --upload-certs --config /dev/stdin <<'CONFIG' >/dev/null
${uploadConfiguration(version, certificateKey)}CONFIG
`;
  return `
umask 077
cat >${program}.new <<'PROGRAM'
${text}PROGRAM
chmod 0700 ${program}.new
mv ${program}.new ${program}
echo "invitation: ready"
`;
}

/** What is run right before a host joins, whenever that is: a token that was good at the first run is void at the next. */
export function invite(cluster: string, host: Host, kind: "control-plane" | "worker"): pulumi.ResourceHook {
  return new pulumi.ResourceHook(`${cluster}-invite-${kind}`, async () => {
    const { ok, output } = await host.ask(`$([ "$(id -u)" = 0 ] || echo sudo -n) ${program} ${kind}`);
    if (!ok)
      throw new Error(
        `${host.hostName} could not invite another host: ${output}. Try: ${host.shellCommand(`${program} ${kind}`)}`,
      );
  });
}

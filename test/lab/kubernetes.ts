import { on } from "./lab";

/** What kubectl prints, asked on the control plane. */
export const kubectl = (args: string, input?: string): Promise<string> =>
  on(
    "host1",
    `PATH=$PATH:/usr/local/bin kubectl --kubeconfig /etc/kubernetes/admin.conf ${args}${input === undefined ? "" : ` <<'INPUT'\n${input}\nINPUT`}`,
  );

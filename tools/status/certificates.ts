import { onHost } from "../connection";
import { hostsOf, type Stack } from "../stack";
import { type StackState, type StateResource } from "../state";

/** A certificate that a component serves or shows, and its end. */
export interface CertificateStatus {
  /** As kubeadm calls it, or the name of the resource. */
  name: string;
  /** Host that it is on; undefined: the stack's state has it. */
  host?: string;
  /** When it ends, RFC 3339. */
  ends: string;
}

/** Days before its end from which a certificate is a problem. `pulumi up` makes those of the state again 60 days before. */
const warningDays = 30;

/** Days until a certificate ends, rounded down; negative when it has ended. */
export const daysLeft = ({ ends }: CertificateStatus, now: Date): number =>
  Math.floor((Date.parse(ends) - now.getTime()) / 86_400_000);

/** The certificates that the program made, as the stack's state has them. Pure. */
export function certificatesOf({ resources }: StackState): CertificateStatus[] {
  return resources.flatMap(({ type, name, outputs }: StateResource) => {
    const isCertificate = /^tls:index\/(?:locallySigned|selfSigned)Cert:/.test(type);
    const ends = outputs.validityEndTime;
    return isCertificate && typeof ends === "string" ? [{ name, ends }] : [];
  });
}

/** The certificates that kubeadm made on each control plane; none of a host that does not answer, which the status says elsewhere. */
export async function kubeadmCertificates(
  stack: Stack,
  controlPlanes: string[],
): Promise<CertificateStatus[]> {
  const lists = await Promise.all(
    hostsOf(stack, controlPlanes).map((host) =>
      onHost(host, question, 60_000)
        .then(({ stdout }) => readKubeadm(stdout, host.name))
        .catch(() => []),
    ),
  );
  return lists.flat();
}

// It asks the API for the cluster's configuration, and goes on with its own defaults where nobody answers.
const question = "timeout 40 kubeadm certs check-expiration --output json 2>/dev/null || true";

/** What `kubeadm certs check-expiration --output json` printed. Pure. */
export function readKubeadm(printed: string, host: string): CertificateStatus[] {
  const begin = printed.indexOf("{");
  if (begin < 0) return [];
  const { certificates, certificateAuthorities } = JSON.parse(printed.slice(begin)) as Expirations;
  return [...(certificates ?? []), ...(certificateAuthorities ?? [])]
    .filter(({ missing }) => !missing)
    .map(({ name, expirationDate }) => ({ name, host, ends: expirationDate }));
}

interface Expirations {
  certificates?: Expiration[];
  certificateAuthorities?: Expiration[];
}

interface Expiration {
  name: string;
  expirationDate: string;
  missing?: boolean;
}

/** What to do about certificates that end soon, a line for each. Pure. */
export function certificateProblems(certificates: CertificateStatus[], now: Date): string[] {
  return certificates
    .filter((one) => daysLeft(one, now) < warningDays)
    .map((one) => {
      const verb = hasEnded(one, now) ? "ended" : "ends";
      return `certificate ${titleOf(one)} ${verb} on ${one.ends.slice(0, 10)}: ${nextStep(one)}`;
    });
}

function nextStep({ name, host }: CertificateStatus): string {
  const isAuthority = /-(ca|anchor)$|^ca$/.test(name);
  if (isAuthority) return "docs/security.md#certificates-and-their-ends";
  return host ? `kubeadm certs renew all on ${host}, docs/kubernetes.md#certificates` : "pulumi up";
}

const hasEnded = (one: CertificateStatus, now: Date) => Date.parse(one.ends) <= now.getTime();

const titleOf = ({ name, host }: CertificateStatus) => (host ? `${name} on ${host}` : name);

/** The one that ends first, for people. */
export function formatCertificates(certificates: CertificateStatus[], now: Date): string[] {
  const [first] = [...certificates].sort((a, b) => Date.parse(a.ends) - Date.parse(b.ends));
  if (!first) return [];
  return [
    "",
    `certificates: the first of ${certificates.length} to end is ${titleOf(first)}, in ${daysLeft(first, now)} days`,
  ];
}

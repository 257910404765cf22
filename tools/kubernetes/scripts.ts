import { assignments, quote } from "../../components/hosts/shell";
import { etcdFunctions } from "../../components/kubernetes/etcd";
import { admin } from "../../components/kubernetes/kubectl";

// Scripts for a control plane, one for each step of a restore. They may be run again, whatever was cut.

/** The parts of the control plane, which the kubelet starts from files. */
const parts = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"];

const functions = `${etcdFunctions}
fail() { echo "$1" >&2; exit 1; }
PATH=$PATH:/usr/local/bin
manifests=/etc/kubernetes/manifests
stopped=/etc/kubernetes/farmstack-stopped
data=/var/lib/etcd
# What is restored, and what was there, lies beside the data, or in it where it is a mount of its own: to move is to rename.
place=$data
parent=\${data%/*}
if mountpoint -q "$data"; then
  place=$data/farmstack
  parent=$data
fi
work=$place.restoring
etcd_manifest=$manifests/etcd.yaml
[ -e "$etcd_manifest" ] || etcd_manifest=$stopped/etcd.yaml

# The host's own etcdutl, else the one in etcd's image.
etcd_utility() {
  if command -v etcdutl >/dev/null; then
    etcdutl "$@"
  else
    image=$(sed -n 's/^ *image: //p' "$etcd_manifest" | head -n 1)
    mount=
    [ ! -d "$work" ] || mount="--mount type=bind,src=$work,dst=$work,options=bind:rw"
    # shellcheck disable=SC2086
    ctr --namespace k8s.io run --rm $mount "$image" "farmstack-etcdutl-$$" etcdutl "$@"
  fi
}
`;

/** Prints what a restore has to know of the host, a word and a value on each line. */
export const lookScript = `${functions}
flag() { sed -n "s/^ *- --$1=//p" "$etcd_manifest" | head -n 1; }
echo "cluster $(cat /etc/kubernetes/farmstack-cluster 2>/dev/null)"
[ -e "$etcd_manifest" ] || exit 0
echo "name $(flag name)"
echo "peer $(flag initial-advertise-peer-urls)"
echo "data $(flag data-dir)"
echo "kubelet $(systemctl is-active kubelet || true)"
echo "free $(df --output=avail --block-size=1 "$parent" | tail -n 1)"
# A line from the signature of the cluster's certificate authority: no other cluster has it.
echo "authority $(grep -v -e ---- /etc/kubernetes/pki/ca.crt | tail -n 2 | head -n 1)"
if etcd_utility snapshot restore --help 2>&1 | grep -q -e --bump-revision; then echo "bump yes"; fi
if [ -d "$stopped" ]; then echo "stopped yes"; fi
if running_container etcd >/dev/null; then
  # Of an etcd without a majority nobody can say who its members are.
  members=$(ask_etcd --command-timeout 10s member list 2>/dev/null) || members=
  echo "members $(echo "$members" | cut -d , -f 3 | tr -d '\\n')"
fi
`;

/** Takes the snapshot from standard input. It is root's alone. */
export const receiveScript = (sha256: string): string => `set -eu
umask 077
${functions}
rm -rf "$work" # of a restore that was cut
mkdir "$work"
cat >"$work/snapshot.db"
echo ${quote(`${sha256}  `)}"$work/snapshot.db" | sha256sum --check --status || fail "the snapshot did not arrive whole"
`;

export interface Member {
  /** Name in etcd. */
  name: string;
  /** URL at which the other members reach it. */
  peer: string;
}

export interface RestoreArgs {
  /** All members, the same on every host. */
  members: Member[];
  /** One of its own for each restore: members of two don't talk to each other. */
  token: string;
  /** By how much revisions are raised; undefined when an etcdutl does not know how. */
  bump: number | undefined;
}

/** Makes the data of this member from the snapshot, beside the data that is in use. */
export function unpackScript(self: Member, { members, token, bump }: RestoreArgs): string {
  const settings = {
    name: self.name,
    peer: self.peer,
    token,
    members: members.map(({ name, peer }) => `${name}=${peer}`).join(","),
  };
  return `${functions}${assignments(settings)}
rm -rf "$work/data"
said=$(etcd_utility snapshot restore "$work/snapshot.db" --data-dir "$work/data" --name "$name" \\
  --initial-advertise-peer-urls "$peer" --initial-cluster "$members" --initial-cluster-token "$token" \\
  ${bump === undefined ? "" : `--bump-revision ${bump} --mark-compacted `}2>&1) || fail "$(echo "$said" | tail -n 1)"
[ -d "$work/data/member" ] || fail "etcdutl made no $work/data/member: $(echo "$said" | tail -n 1)"
`;
}

/** Takes away what the steps above made. */
export const discardScript = `${functions}\nrm -rf "$work"\n`;

/**
 * Stops the control plane on this host: the kubelet ends what has no file any more. One that has not seen the API since
 * it started takes nothing away, and the API may be what is lost: then it is done without it.
 */
export const stopScript = `${functions}
running_part() {
  for part in ${parts.join(" ")}; do
    if running_container "$part" >/dev/null; then return; fi
  done
  return 1
}
# ended_within SECONDS
ended_within() {
  end=$(($(date +%s) + $1))
  while running_part; do
    [ "$(date +%s)" -lt "$end" ] || return 1
    sleep 1
  done
}
end_by() {
  for part in ${parts.join(" ")}; do
    if id=$(running_container "$part"); then ctr --namespace k8s.io tasks kill --signal "$1" "$id" || true; fi
  done
}
mkdir -p -m 0700 "$stopped"
for part in ${parts.join(" ")}; do
  [ ! -e "$manifests/$part.yaml" ] || mv "$manifests/$part.yaml" "$stopped/$part.yaml"
done
ended_within 90 && return
systemctl stop kubelet
end_by SIGTERM
if ! ended_within 40; then
  end_by SIGKILL
  ended_within 20 || still=$part
fi
systemctl start kubelet
[ -z "\${still:-}" ] || fail "$still can't be stopped: journalctl -u containerd -n 50"
`;

/** Puts the new data in the place of the old, and prints where the old is. Nothing is deleted. */
export const swapScript = (time: string): string => `${functions}
[ -d "$work/data/member" ] || fail "there is no $work/data/member"
! running_container etcd >/dev/null || fail "etcd runs"
aside=$place.before-${time}
if [ -e "$data/member" ]; then
  mkdir -m 0700 "$aside"
  mv "$data/member" "$aside/member"
  echo "$aside"
fi
mkdir -p -m 0700 "$data"
mv "$work/data/member" "$data/member"
sync "$data"
rm -rf "$work"
`;

/** Has the kubelet start the control plane again. */
export const startScript = `${functions}
for part in ${parts.join(" ")}; do
  [ ! -e "$stopped/$part.yaml" ] || mv "$stopped/$part.yaml" "$manifests/$part.yaml"
done
[ ! -d "$stopped" ] || rmdir "$stopped"
`;

/** Waits until the API server of this host is ready, which it is when etcd has a majority. */
export const readyScript = (address: string): string => `
tries=0
until said=$(${admin} --server ${quote(`https://${address.includes(":") ? `[${address}]` : address}:6443`)} get --raw /readyz 2>&1); do
  tries=$((tries + 1))
  if [ "$tries" -ge 300 ]; then
    echo "the API server did not become ready within 300 tries: $(echo "$said" | tail -n 1)" >&2
    exit 1
  fi
  sleep 1
done
`;

/** A kubelet that starts registers its node, which the snapshot may not know, and asks for everything anew. */
export const kubeletScript = "systemctl restart kubelet\n";

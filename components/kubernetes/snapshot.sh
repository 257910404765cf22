#!/bin/sh
# Saves a snapshot of this host's etcd, and removes this host's oldest ones.
# shellcheck disable=SC2154  # the settings stand above, written by snapshots.ts
set -eu
umask 077
PATH=$PATH:/usr/local/bin

# The host's own etcdctl, else the one in etcd's container, which sees the same /var/lib/etcd.
etcdctl() {
  if command -v etcdctl >/dev/null; then
    command etcdctl "$@"
  else
    container=$(ctr --namespace k8s.io containers list --quiet 'labels."io.kubernetes.container.name"==etcd' | while read -r id; do
      ctr --namespace k8s.io tasks list | awk -v id="$id" '$1 == id && $3 == "RUNNING" { print $1 }'
    done | head -n 1)
    [ -n "$container" ] || { echo "$host: etcd does not run: crictl ps --all --name etcd" >&2; return 1; }
    ctr --namespace k8s.io tasks exec --exec-id "farmstack-$$" "$container" etcdctl "$@"
  fi
}

mkdir -p "$directory" || { echo "$host: $directory can't be made; is it on a mount that is away?" >&2; exit 1; }
work=/var/lib/etcd/farmstack-snapshot
trap 'rm -f "$work" "$work.part"' EXIT
pki=/etc/kubernetes/pki/etcd
etcdctl --endpoints https://127.0.0.1:2379 --cacert $pki/ca.crt --cert $pki/healthcheck-client.crt \
  --key $pki/healthcheck-client.key snapshot save "$work" >/dev/null
name=$host-$(date --utc +%Y%m%dT%H%M%SZ).db
# Under its name it is whole.
cp "$work" "$directory/.$name.part"
sync "$directory/.$name.part"
mv "$directory/.$name.part" "$directory/$name"
rm -f "$work"
find "$directory" -maxdepth 1 -name "$host-*.db" | sort -r | tail -n "+$((keep + 1))" | while read -r old; do rm "$old"; done
echo "$directory/$name"

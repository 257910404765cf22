#!/bin/sh
# Saves a snapshot of this host's etcd, and removes this host's oldest ones.
# shellcheck disable=SC2154  # the settings stand above, written by snapshots.ts

mkdir -p "$directory" || { echo "$host: $directory can't be made; is it on a mount that is away?" >&2; exit 1; }
work=/var/lib/etcd/farmstack-snapshot
name=$host-$(date --utc +%Y%m%dT%H%M%SZ).db
trap 'rm -f "$work" "$work.part" "$directory/.$name.part"' EXIT
ask_etcd snapshot save "$work" >/dev/null
# Under its name it is whole.
cp "$work" "$directory/.$name.part"
sync "$directory/.$name.part"
mv "$directory/.$name.part" "$directory/$name"
# All of the name is compared: another host's may begin with this one's.
digits() { printf "[0-9]%.0s" $(seq "$1"); }
find "$directory" -maxdepth 1 -name "$host-$(digits 8)T$(digits 6)Z.db" | sort -r | tail -n "+$((keep + 1))" |
  while read -r old; do rm "$old"; done
echo "$directory/$name"

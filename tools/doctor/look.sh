# Looks at a host and changes nothing. Prints a line `WHAT VALUE` for each thing that it sees.
# shellcheck shell=sh disable=SC2154  # the settings stand above, written by host.ts

say() { printf '%s %s\n' "$1" "$2"; }

yes_or_no() { if "$@" >/dev/null 2>&1; then echo yes; else echo no; fi; }

# The file system on which a directory is, or will be.
there() {
  at=$1
  while [ ! -e "$at" ]; do at=$(dirname "$at"); done
  echo "$at"
}

free_at() { df -Pk "$(there "$1")" | awk 'NR == 2 { print $4 }'; }

look_at_system() {
  # shellcheck source=/dev/null
  say system "$(. /etc/os-release 2>/dev/null && echo "${PRETTY_NAME:-unknown}")"
  say family "$( (family) 2>/dev/null || echo other)"
  say systemd "$(yes_or_no installed systemctl)"
  say container "$(yes_or_no in_container)"
  say time-service "$(systemctl is-active chronyd chrony ntpd ntp ntpsec systemd-timesyncd 2>/dev/null | grep -cx active || true)"
  say memory "$(awk '/^MemTotal:/ { print $2 }' /proc/meminfo)"
  say swap "$(($(wc -l </proc/swaps) - 1))"
}

look_at_disks() {
  say free-data "$(free_at "$data_directory")"
  say free-engine "$(free_at "$engine_data_root")"
  say mounted "$(yes_or_no mountpoint -q "$engine_data_root")"
  [ -z "$layers" ] || say free-layers "$(free_at "$layers")"
  for file in $files; do
    say file "$file $(yes_or_no test -e "$data_directory/ceph/osd-$file")"
  done
  for device in $devices; do
    if [ ! -b "$device" ]; then
      say device "$device missing"
    else
      say device "$device $(wipefs --no-act --noheadings --output TYPE "$device" 2>/dev/null | tr '\n' ' ')"
    fi
  done
}

look_at_kernel() {
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    say controllers "$(cat /sys/fs/cgroup/cgroup.controllers)"
  else
    say controllers "$(awk '$4 == 1 { printf "%s ", $1 }' /proc/cgroups)"
  fi
  for module in $modules; do say module "$module $(yes_or_no has_module "$module")"; done
}

# Loaded, built in, or there to be loaded.
has_module() {
  [ -d "/sys/module/$1" ] || grep -qw "$1" /proc/filesystems || modprobe --dry-run --quiet "$1" ||
    { [ "$1" = br_netfilter ] && [ -e /proc/sys/net/bridge/bridge-nf-call-iptables ]; }
}

look_at_network() {
  say ss "$(yes_or_no installed ss)"
  if installed ss; then
    ss -Hltnp | awk '{
      parts = split($4, address, ":")
      program = "-"
      if (match($0, /\(\("[^"]+"/)) program = substr($0, RSTART + 3, RLENGTH - 4)
      print "listens " address[parts] " " program
    }'
  fi
  for registry in $registries; do
    if ! installed bash; then answer=unknown; else
      answer=$(yes_or_no timeout 5 bash -c ": </dev/tcp/${registry%:*}/${registry##*:}")
    fi
    say registry "$registry $answer"
  done
}

look_at_what_is_there() {
  say engine "$(timeout 10 docker version --format '{{.Server.Version}}' 2>/dev/null || true)"
  if [ -e /etc/kubernetes/kubelet.conf ] && [ ! -e /etc/kubernetes/farmstack-cluster ]; then foreign=yes; else foreign=no; fi
  say foreign-node "$foreign"
}

say clock "$(date +%s.%N)"
look_at_system
look_at_disks
look_at_kernel
look_at_network
look_at_what_is_there
say clock-end "$(date +%s.%N)"

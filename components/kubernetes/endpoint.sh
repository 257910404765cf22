# An address that moves between the control planes (keepalived), and on each of them a balancer (HAProxy) behind it.
# shellcheck shell=sh disable=SC2154  # the settings stand above, written by endpoint.ts

# configure UNIT FILE TEXT: writes the file, and lets the unit take it.
configure() {
  [ -e "$2.before-farmstack" ] || [ ! -e "$2" ] || cp -p "$2" "$2.before-farmstack"
  if put "$2" 0644 "$3"; then state=written; else state=unchanged; fi
  systemctl enable --quiet "$1" 2>/dev/null
  if ! systemctl is-active --quiet "$1" || [ "$state" = written ] || older_than "$2" "$1"; then
    systemctl restart "$1" || fail "$1 does not start with its new settings: journalctl -u $1 -n 50"
  fi
  echo "$1: $state"
}

exec 9>/run/farmstack-prepare.lock
flock -w 900 9 || fail "another preparation has been running for 15 minutes: see what holds /run/farmstack-prepare.lock"

family=$(family)
if ! installed haproxy || ! installed keepalived || ! installed pgrep; then
  procps=procps
  [ "$family" = debian ] || procps="procps-ng"
  install_packages "the API's address" haproxy keepalived "$procps"
fi
interface=$(ip -o address show to "$address" | awk '{ print $2; exit }')
[ -n "$interface" ] || fail "no interface of this host has the address $address that the stack gives it: ip address"
if ip -o address show to "$endpoint" | grep -q . && [ ! -e /etc/keepalived/keepalived.conf ]; then
  fail "$endpoint is this host's own address already: kubernetes.endpoint.address has to be a free one"
fi
configure haproxy /etc/haproxy/haproxy.cfg "$haproxy_cfg"
configure keepalived /etc/keepalived/keepalived.conf "$(printf '%s' "$keepalived_conf" | sed "s/INTERFACE/$interface/")
"

# What init and join have in common.
# shellcheck shell=sh disable=SC2154  # the settings stand above, written by member.ts

PATH=$PATH:/usr/local/bin
mark=/etc/kubernetes/farmstack-cluster
# The version that this node was brought to, whole: its programs alone don't tell of an upgrade that was cut.
version_mark=/etc/kubernetes/farmstack-version

# Which checks of kubeadm this host can't pass, besides those of kubernetes.ignorePreflightErrors.
ignored_checks() {
  checks=$ignore
  # It calls control groups of version 1 an error, and looks for the kernel's build settings, which containers lack.
  if [ "$(stat --file-system --format %T /sys/fs/cgroup)" != cgroup2fs ] || in_container; then
    checks=${checks:+$checks,}SystemVerification
  fi
  echo "$checks"
}

ca_hash() {
  echo "sha256:$(openssl x509 -pubkey -noout -in /etc/kubernetes/pki/ca.crt | openssl pkey -pubin -outform der | sha256sum | cut -d ' ' -f 1)"
}

# Another cluster's node is left alone.
refuse_foreign() {
  server=$(sed -n 's/^ *server: //p' /etc/kubernetes/kubelet.conf /etc/kubernetes/admin.conf 2>/dev/null | head -n 1)
  fail "it is a node of another cluster (${server:-unknown}); nothing was changed. If that cluster is not needed: kubeadm reset, and then rm $mark"
}

begin() {
  mkdir -p /etc/kubernetes
  echo "$cluster begun" >"$mark"
  forget_network
}

# kubeadm reset leaves the network of pods as it was. A node that joins again has other addresses for its pods, and the
# bridge with the old ones would refuse each of them. Without flannel's file the links are somebody else's: others use the
# same names.
forget_network() {
  flannel=/etc/cni/net.d/10-flannel.conflist
  [ -e "$flannel" ] || return 0
  for link in cni0 flannel.1; do
    if ip link show "$link" >/dev/null 2>&1; then ip link delete "$link"; fi
  done
  rm -rf /run/flannel/subnet.env /var/lib/cni/networks/cbr0
  rm "$flannel" # last, so that a run that was cut begins again
}

finish() {
  echo "$version" >"$version_mark"
  echo "$cluster member" >"$mark"
}

marked() { [ "$(cat "$mark" 2>/dev/null)" = "$cluster $1" ]; }

with_config() {
  config=$(mktemp)
  trap 'rm -f "$config"' EXIT
  trap 'exit 1' HUP INT TERM # or the file, which may have a token, would stay
  cat >"$config"
}

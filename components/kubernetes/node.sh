# Makes a prepared host ready to be a node of Kubernetes, and says what it changed. Run again, it changes nothing.
# shellcheck shell=sh disable=SC2154  # the settings stand above, written by node.ts

check_node() {
  # In a container the list is the machine's, which is nobody's business in here.
  [ "$(wc -l </proc/swaps)" -le 1 ] || in_container ||
    fail "swap is on, and the kubelet would not start: swapoff --all, and take swap out of /etc/fstab"
}

set_kernel() {
  put /etc/modules-load.d/farmstack-kubernetes.conf 0644 "$modules" || true
  for module in $modules; do modprobe "$module" 2>/dev/null || true; done # or it is built in
  grep -qw overlay /proc/filesystems || fail "this kernel has no overlay file system: modprobe overlay"
  [ -e /proc/sys/net/bridge/bridge-nf-call-iptables ] || fail "this kernel has no br_netfilter: modprobe br_netfilter"
  if put /etc/sysctl.d/91-farmstack-kubernetes.conf 0644 "$sysctl_conf"; then state=written; else state=unchanged; fi
  sysctl -q -p /etc/sysctl.d/91-farmstack-kubernetes.conf ||
    fail "the kernel refused a setting: run sysctl -p /etc/sysctl.d/91-farmstack-kubernetes.conf"
  echo "kernel settings: $state"
}

install_tools() {
  if installed containerd && installed conntrack && installed socat && installed ethtool && installed iptables &&
    installed curl && installed openssl && [ -n "$(cni_plugins)" ]; then
    echo "packages: unchanged"
    return
  fi
  # containerd is there already: Docker stands on it.
  conntrack=conntrack
  [ "$family" = debian ] || conntrack=conntrack-tools
  # Kubernetes' own packages bring the plugins themselves.
  plugins=containernetworking-plugins
  [ "$source" = binaries ] || plugins=
  installed containerd || fail "there is no containerd: journalctl -u docker -n 50"
  # shellcheck disable=SC2086
  install_packages "what Kubernetes needs" "$conntrack" socat ethtool iptables curl openssl $plugins
  echo "packages: installed"
}

# Where the network plugins are, if anywhere.
cni_plugins() {
  for folder in /opt/cni/bin /usr/lib/cni /usr/libexec/cni; do
    if [ -e "$folder/bridge" ]; then
      echo "$folder"
      return
    fi
  done
}

link_plugins() {
  mkdir -p /opt/cni/bin
  from=$(cni_plugins)
  if [ -n "$from" ] && [ "$from" != /opt/cni/bin ]; then
    for plugin in "$from"/*; do
      [ -e "/opt/cni/bin/$(basename "$plugin")" ] || ln -sf "$plugin" /opt/cni/bin/
    done
  fi
}

# Without this capability nobody may lower an out-of-memory score, and every container of a pod would fail on it.
lacks_sys_resource() { [ $((0x$(awk '/^CapBnd:/ { print $2 }' /proc/self/status) >> 24 & 1)) = 0 ]; }

cgroup_v1() { [ "$(stat --file-system --format %T /sys/fs/cgroup)" != cgroup2fs ]; }

set_containerd() {
  if [ ! -e /etc/containerd/.farmstack ]; then
    [ ! -e /etc/containerd/config.toml ] || cp -p /etc/containerd/config.toml /etc/containerd/config.toml.before-farmstack
    mkdir -p /etc/containerd
    : >/etc/containerd/.farmstack
  fi
  if lacks_sys_resource; then restrict=true; else restrict=false; fi
  put /etc/containerd/config.toml 0644 "$(printf '%s' "$containerd_toml" | sed "s/RESTRICT_OOM_SCORE/$restrict/")" || true
  for registry in $insecure_registries; do
    # As Docker does: TLS that nobody vouches for, else none. Read at each pull: no restart.
    put "/etc/containerd/certs.d/$registry/hosts.toml" 0644 "[host.\"https://$registry\"]
  skip_verify = true
[host.\"http://$registry\"]
" || true
  done
}

# Docker's containers live on while containerd starts again; if not, it is not to be passed over in silence.
start_containerd() {
  systemctl enable --quiet containerd 2>/dev/null
  if systemctl is-active --quiet containerd && ! older_than /etc/containerd/config.toml containerd; then
    echo "containerd: unchanged"
    return
  fi
  before=$(docker ps --quiet | sort)
  systemctl restart containerd || fail "containerd does not start with its new settings: journalctl -u containerd -n 50"
  timeout 60 sh -c 'until ctr version >/dev/null 2>&1; do sleep 0.5; done' ||
    fail "containerd does not answer: journalctl -u containerd -n 50"
  timeout 60 sh -c 'until docker version >/dev/null 2>&1; do sleep 0.5; done' ||
    fail "Docker does not answer after containerd was restarted: journalctl -u docker -n 50"
  for container in $before; do
    docker ps --quiet | grep -qx "$container" ||
      fail "the container $container did not survive the restart of containerd: docker logs --tail 50 $container"
  done
  echo "containerd: restarted"
}

# What this host needs of its kubelet goes beside the cluster's configuration, which is the same for all nodes.
set_kubelet() {
  drop_ins=/etc/kubernetes/kubelet.conf.d
  mkdir -p "$drop_ins"
  defaults=/etc/default/kubelet
  [ "$family" = debian ] || defaults=/etc/sysconfig/kubelet
  changed=false
  if cgroup_v1; then
    put "$drop_ins/10-cgroup-v1.conf" 0644 "$(kubelet_settings 'failCgroupV1: false')" && changed=true
  elif [ -e "$drop_ins/10-cgroup-v1.conf" ]; then
    rm "$drop_ins/10-cgroup-v1.conf"
    changed=true
  fi
  if put "$drop_ins/20-farmstack.conf" 0644 "$kubelet_conf"; then changed=true; fi
  put "$defaults" 0644 "KUBELET_EXTRA_ARGS=--config-dir=$drop_ins
" && changed=true
  unit=
  if [ "$source" = binaries ]; then
    unit=/etc/systemd/system/kubelet.service
    mkdir -p /etc/kubernetes/manifests # as the packages do; a kubelet without it complains once a second
    put $unit 0644 "$kubelet_unit" && changed=true
    systemctl daemon-reload
  fi
  # A file that is gone changed its directory.
  for file in "$drop_ins" "$drop_ins"/*.conf "$defaults" $unit; do
    if systemctl is-active --quiet kubelet && older_than "$file" kubelet; then
      systemctl restart kubelet || fail "the kubelet does not start with its new settings: journalctl -u kubelet -n 50"
    fi
  done
  if $changed; then echo "kubelet settings: written"; else echo "kubelet settings: unchanged"; fi
}

kubelet_settings() {
  printf 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n%s\n' "$1"
}

exec 9>/run/farmstack-prepare.lock
flock -w 900 9 || fail "another preparation has been running for 15 minutes: see what holds /run/farmstack-prepare.lock"

family=$(family)
check_node
set_kernel
install_tools
link_plugins
set_containerd
start_containerd
set_kubelet

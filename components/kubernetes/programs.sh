# Puts the programs of a version of Kubernetes into place: install_programs.
# shellcheck shell=sh disable=SC2154  # the settings stand above, written by programs.ts

has_kubeadm() { [ "$(kubeadm version --output short 2>/dev/null)" = "v$version" ]; }
has_programs() { has_kubeadm && [ "$(kubelet --version 2>/dev/null)" = "Kubernetes v$version" ]; }

# The upgrade of a node begins with kubeadm; its kubelet follows when the control plane knows the version.
install_kubeadm() {
  PATH=$PATH:/usr/local/bin
  has_kubeadm && return
  family=$(family)
  if [ -n "$archive_url" ]; then unpack_archive; else install_kubernetes_packages kubeadm; fi
  has_kubeadm || wrong_version "$(kubeadm version --output short)"
}

install_programs() {
  install_kubeadm
  # All of an archive is there by now.
  has_programs || [ -n "$archive_url" ] || install_kubernetes_packages kubelet kubectl
  has_programs || wrong_version "$(kubelet --version)"
  # kubeadm starts it only: without this the node would not come back after a boot.
  systemctl enable --quiet kubelet || fail "the kubelet can't be enabled: systemctl status kubelet"
}

wrong_version() {
  fail "kubernetes.version is $version, but kubernetes.source brought ${1:-nothing that runs}"
}

unpack_archive() {
  file=/var/tmp/farmstack-kubernetes.tar.gz
  # The stack's registry can have it too: its authority and login are there, if it has any (registry.sh).
  server=${archive_url#https://}
  access=/etc/farmstack/registries/${server%%/*}
  [ "$server" != "$archive_url" ] && [ -f "$access" ] || access=/dev/null
  curl --config "$access" --fail --silent --show-error --location --retry 3 --output "$file" "$archive_url" || fail "$archive_url can't be fetched"
  echo "$archive_sha256  $file" | sha256sum --check --status ||
    fail "$archive_url is not what kubernetes.source.binaries.sha256 says: it has $(sha256sum "$file" | cut -d ' ' -f 1)"
  tar -C / -xzf "$file" --no-same-owner --no-overwrite-dir || fail "$archive_url can't be unpacked: see df -h /usr/local"
  rm -f "$file"
  systemctl daemon-reload
}

# install_kubernetes_packages PACKAGE...: each minor version has a repository of its own. The packages are held, so that no
# upgrade of the system takes them along.
install_kubernetes_packages() {
  minor=${version%.*}
  if [ "$family" = debian ]; then
    install_packages "Kubernetes' repository" ca-certificates curl
    mkdir -p /etc/apt/keyrings
    curl --fail --silent --show-error --location "$repository/v$minor/deb/Release.key" --output /etc/apt/keyrings/kubernetes.asc ||
      fail "$repository/v$minor/deb can't be reached: set kubernetes.source to a mirror of it, or to binaries"
    echo "deb [signed-by=/etc/apt/keyrings/kubernetes.asc] $repository/v$minor/deb/ /" >/etc/apt/sources.list.d/kubernetes.list
    apt-mark unhold "$@" >/dev/null 2>&1 || true
    # shellcheck disable=SC2046
    install_packages "Kubernetes $version" $(printf "%s=$version-* " "$@")
    apt-mark hold "$@" >/dev/null
  else
    cat >/etc/yum.repos.d/kubernetes.repo <<REPOSITORY
[kubernetes]
name=Kubernetes
baseurl=$repository/v$minor/rpm/
enabled=1
gpgcheck=1
gpgkey=$repository/v$minor/rpm/repodata/repomd.xml.key
exclude=kubelet kubeadm kubectl
REPOSITORY
    # shellcheck disable=SC2046
    install_packages "Kubernetes $version" --disableexcludes=kubernetes $(printf "%s-$version " "$@")
  fi
}

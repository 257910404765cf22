# Brings a host from bare to prepared, and says what it changed. Run again, it changes nothing.
# shellcheck shell=sh disable=SC2154  # the settings stand above, written by prepare.ts

check_host() {
  [ "$(id -u)" = 0 ] || fail "the preparation needs root: log in as root, or give $login passwordless sudo"
  installed systemctl || fail "no systemd here: the engine could not be started at boot"
  if $engine_require_mount && ! mountpoint -q "$engine_data_root"; then
    fail "$engine_data_root is not a partition of its own: mount one there, or set engine.requireMount to false"
  fi
  if $check_clock && ! in_container; then
    systemctl is-active --quiet chronyd chrony ntpd ntp ntpsec systemd-timesyncd ||
      fail "nothing keeps the clock right, and Ceph's monitors need that: install chrony, or set system.checkClock to false"
  fi
}

set_kernel() {
  if put /etc/sysctl.d/90-farmstack.conf 0644 "$sysctl_conf"; then state=written; else state=unchanged; fi
  sysctl -q -p /etc/sysctl.d/90-farmstack.conf || fail "the kernel refused a setting: run sysctl -p /etc/sysctl.d/90-farmstack.conf"
  echo "kernel settings: $state"
}

set_timezone() {
  [ -e "/usr/share/zoneinfo/$timezone" ] || install_packages "time zone" tzdata
  [ -e "/usr/share/zoneinfo/$timezone" ] || fail "there is no time zone $timezone: see timedatectl list-timezones"
  if [ "$(readlink -f /etc/localtime)" = "$(readlink -f "/usr/share/zoneinfo/$timezone")" ]; then
    echo "time zone: unchanged"
  else
    ln -sf "/usr/share/zoneinfo/$timezone" /etc/localtime
    echo "time zone: $timezone"
  fi
}

install_fonts() {
  $fonts || return 0
  if installed fc-list && fc-list :lang=zh | grep -q .; then
    echo "fonts: unchanged"
  elif [ "$family" = debian ]; then
    install_packages fonts fontconfig fonts-noto-cjk && echo "fonts: installed"
  else
    install_packages fonts fontconfig google-noto-sans-cjk-ttc-fonts && echo "fonts: installed"
  fi
}

set_sshd() {
  grep -qiE '^[[:space:]]*Include[[:space:]].*sshd_config\.d' /etc/ssh/sshd_config ||
    sed -i '1i Include /etc/ssh/sshd_config.d/*.conf' /etc/ssh/sshd_config
  if put /etc/ssh/sshd_config.d/10-farmstack.conf 0644 "$sshd_conf"; then
    if ! problem=$(sshd -t 2>&1); then
      rm /etc/ssh/sshd_config.d/10-farmstack.conf
      fail "sshd refuses its new settings: $problem"
    fi
    systemctl reload ssh 2>/dev/null || systemctl reload sshd
    echo "sshd limits: written"
  else
    echo "sshd limits: unchanged"
  fi
}

add_docker_repository() {
  # shellcheck source=/dev/null
  . /etc/os-release
  if [ "$family" = debian ]; then
    [ -e /etc/apt/sources.list.d/docker.list ] && return
    install_packages "Docker's repository" ca-certificates curl
    case $ID in debian | ubuntu) ;; *) ID=$(echo "$ID_LIKE" | tr ' ' '\n' | grep -xE 'debian|ubuntu' | tail -n 1) ;; esac
    curl -fsSL "https://download.docker.com/linux/$ID/gpg" -o /etc/apt/keyrings/docker.asc ||
      fail "Docker's repository can't be reached: set engine.source to distribution"
    echo "deb [signed-by=/etc/apt/keyrings/docker.asc] https://download.docker.com/linux/$ID ${UBUNTU_CODENAME:-$VERSION_CODENAME} stable" \
      >/etc/apt/sources.list.d/docker.list
  else
    [ -e /etc/yum.repos.d/docker-ce.repo ] && return
    [ "$ID" = fedora ] || ID=rhel
    curl -fsSL "https://download.docker.com/linux/$ID/docker-ce.repo" -o /etc/yum.repos.d/docker-ce.repo ||
      fail "Docker's repository can't be reached: set engine.source to distribution"
  fi
}

install_engine() {
  if installed dockerd; then
    echo "engine: unchanged"
    return
  fi
  if [ "$engine_source" = docker-ce ]; then
    add_docker_repository
    install_packages engine docker-ce docker-ce-cli containerd.io
  elif [ "$family" = debian ]; then
    install_packages engine docker.io
  elif dnf -q info moby-engine >/dev/null 2>&1; then
    install_packages engine moby-engine
  else
    fail "this distribution has no package of Docker: set engine.source to docker-ce"
  fi
  echo "engine: installed"
}

set_engine() {
  # Written before the first start, so that a bare host starts its engine once.
  if [ ! -e /etc/docker/.farmstack ]; then
    [ ! -e /etc/docker/daemon.json ] || cp -p /etc/docker/daemon.json /etc/docker/daemon.json.before-farmstack
    mkdir -p /etc/docker
    : >/etc/docker/.farmstack
  fi
  put /etc/docker/daemon.json 0644 "$daemon_json" || true
}

# Read at each pull: no restart.
set_registry() {
  [ -n "$registry_ca" ] || return 0
  if put "/etc/docker/certs.d/$registry/ca.crt" 0644 "$registry_ca"; then state=written; else state=unchanged; fi
  echo "authority of $registry: $state"
}

start_engine() {
  systemctl enable --quiet docker 2>/dev/null
  if ! systemctl is-active --quiet docker; then
    action=start
  elif older_than /etc/docker/daemon.json docker; then
    action=restart
  else
    action=
  fi
  if [ -n "$action" ]; then
    systemctl reset-failed docker 2>/dev/null || true
    systemctl "$action" docker || fail "the engine does not start with its new daemon.json: journalctl -u docker -n 50"
  fi
  timeout 60 sh -c 'until docker version >/dev/null 2>&1; do sleep 0.5; done' || fail "the engine does not answer: journalctl -u docker -n 50"
  echo "engine settings: ${action:-unchanged}${action:+ed}"
  if installed ss && ss -Hltn | grep -qE ':2375[[:space:]]'; then
    fail "the engine listens on port 2375 without TLS: whoever reaches it is root; remove tcp:// from its unit and start it again"
  fi
}

allow_login() {
  [ "$login" = root ] && return
  id -nG "$login" | grep -qw docker || usermod -aG docker "$login"
}

set_audit() {
  [ -n "$audit_rules" ] || return 0
  if put /etc/audit/rules.d/90-farmstack.rules 0640 "$audit_rules"; then state=written; else state=unchanged; fi
  if in_container; then
    echo "audit rules: $state (the kernel's audit belongs to the machine, not to this container)"
    return
  fi
  installed augenrules || if [ "$family" = debian ]; then install_packages audit auditd; else install_packages audit audit; fi
  augenrules --load >/dev/null 2>&1 || fail "the audit rules were not accepted: augenrules --check"
  echo "audit rules: $state"
}

# A run that was cut may still be at work here; two at once would trip over each other.
exec 9>/run/farmstack-prepare.lock
flock -w 900 9 || fail "another preparation has been running for 15 minutes: see what holds /run/farmstack-prepare.lock"

family=$(family)
check_host
set_kernel
set_timezone
install_fonts
set_sshd
set_engine
set_registry
install_engine
start_engine
allow_login
set_audit
mkdir -p "$data_directory"
chmod 0711 "$data_directory"

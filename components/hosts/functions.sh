# What scripts for hosts have in common.
# shellcheck shell=sh disable=SC2154  # the settings stand above

fail() {
  echo "$host: $1" >&2
  exit 1
}

# put FILE MODE TEXT: writes the file in one step and succeeds only when that changed it.
put() {
  if [ -f "$1" ] && printf '%s' "$3" | cmp -s - "$1"; then return 1; fi
  { mkdir -p "$(dirname "$1")" && printf '%s' "$3" >"$1.farmstack" && chmod "$2" "$1.farmstack" && mv "$1.farmstack" "$1"; } ||
    fail "$1 can't be written: see df -h $(dirname "$1")"
}

family() {
  # shellcheck source=/dev/null
  . /etc/os-release
  case " $ID ${ID_LIKE:-} " in
    *" debian "* | *" ubuntu "*) echo debian ;;
    *" rhel "* | *" fedora "* | *" centos "*) echo rhel ;;
    *) fail "${PRETTY_NAME:-this system} is neither Debian- nor RHEL-like: install Docker by hand, or use another system" ;;
  esac
}

# install_packages WHAT PACKAGE...: WHAT is for the messages.
install_packages() {
  what=$1
  shift
  case $family in
    debian)
      # A run that was cut may have left dpkg half way; configuring what is unpacked does nothing otherwise.
      dpkg --configure -a >/dev/null
      { apt-get -qq -o DPkg::Lock::Timeout=300 update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
        -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold install "$@"; } >/tmp/farmstack-install.log 2>&1
      ;;
    rhel) dnf -q -y install "$@" >/tmp/farmstack-install.log 2>&1 ;;
  esac || fail "$what: installing $* failed: $(tail -n 3 /tmp/farmstack-install.log | tr '\n' ' ')"
  rm -f /tmp/farmstack-install.log
}

installed() { command -v "$1" >/dev/null 2>&1; }

in_container() { systemd-detect-virt --quiet --container 2>/dev/null; }

# older_than FILE UNIT: the unit runs, and since before the file was written. Asked of the file's time, so that a run
# that was cut between the writing and the restart is made good by the next one.
older_than() {
  started=$(systemctl show --property ActiveEnterTimestamp --value "$2")
  [ "$(stat -c %Y "$1")" -gt "$(date -d "$started" +%s)" ]
}

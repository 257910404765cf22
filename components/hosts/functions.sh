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

# install_packages WHAT PACKAGE...: WHAT is for the messages. Steps of a host that run side by side take turns.
install_packages() {
  what=$1
  shift
  log=$(mktemp /tmp/farmstack-install.XXXXXX)
  {
    flock 9
    case $family in
      debian)
        # A run that was cut may have left dpkg half way; configuring what is unpacked does nothing otherwise.
        dpkg --configure -a
        apt-get -qq -o DPkg::Lock::Timeout=300 update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
          -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold install "$@"
        ;;
      rhel) dnf -q -y install "$@" ;;
    esac
  } 9>/run/farmstack-packages.lock >"$log" 2>&1 ||
    fail "$what: installing $* failed: $(tail -n 3 "$log" | tr '\n' ' ')(more in $log)"
  rm -f "$log"
}

installed() { command -v "$1" >/dev/null 2>&1; }

in_container() { systemd-detect-virt --quiet --container 2>/dev/null; }

# older_than FILE UNIT: the unit runs, and since before the file was written. Asked of the file's time, so that a run
# that was cut between the writing and the restart is made good by the next one.
older_than() {
  started=$(systemctl show --property ActiveEnterTimestamp --value "$2")
  [ "$(stat -c %Y "$1")" -gt "$(date -d "$started" +%s)" ]
}

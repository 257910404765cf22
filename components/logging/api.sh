# Asking Elasticsearch. They take $host, $url, $user, $password and $ca, a file.
# shellcheck shell=sh disable=SC2154  # the settings stand above

# request METHOD PATH [BODY]: sets $status and $answer. Fails when nobody answers. curl gets everything over its standard
# input: nothing of it shows in the host's process list. BODY is one line.
request() {
  answer=$(curl --config - 2>&1 <<CONFIG
silent
show-error
max-time = ${request_time:-60}
cacert = "$ca"
user = "$user:$password"
request = "$1"
url = "$url$2"
header = "Content-Type: application/json"
$([ -z "${3:-}" ] || printf 'data-binary = "%s"' "$(printf %s "$3" | sed 's/[\\"]/\\&/g')")
write-out = "\n%{http_code}"
CONFIG
  ) && answered=yes || answered=
  status=${answer##*
}
  answer=${answer%
*}
  [ -n "$answered" ]
}

# reason: of the last answer, short.
reason() { printf %s "$answer" | tr '\n' ' ' | cut -c 1-300; }

# must WHAT METHOD PATH [BODY]
must() {
  what=$1
  shift
  request "$@" || fail "$what: Elasticsearch does not answer at $url: $(reason)"
  case $status in 2??) ;; *) fail "$what: Elasticsearch says $status: $(reason)" ;; esac
}

# has PATH: whether the running version knows this part of the API at all.
has() {
  request GET "$1" || fail "Elasticsearch does not answer at $url: $(reason)"
  case $status in 400 | 405 | 501) return 1 ;; *) return 0 ;; esac
}

# log_in PASSWORD...: sets $password to the first that is taken. Waits for a node that starts: until it has read who there
# is, it takes none.
log_in() {
  tries=0
  while :; do
    for password; do
      if request GET /_security/_authenticate && [ "$status" = 200 ]; then return; fi
    done
    tries=$((tries + 1))
    if [ "$tries" -ge "${patience:-120}" ]; then
      case $status in
        401) fail "Elasticsearch takes no password of $user that the stack knows; was it changed by hand? See docs/logging.md, Passwords" ;;
        *) fail "Elasticsearch can't be asked at $url (status $status): $(reason)" ;;
      esac
    fi
    sleep 1
  done
}

# Gives Kibana the view, the search and the dashboard of the stack. What is there of the same name is replaced.
# shellcheck shell=sh disable=SC2154,SC2034  # the settings stand above, written by kibana.ts

installed curl || { family=$(family) && install_packages "what asks Kibana" curl ca-certificates; }
umask 077
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf %s "$objects" >"$work/objects.ndjson"

# ask PATH [LINE...]: more lines of curl's configuration. Prints the answer.
ask() {
  path=$1
  shift
  {
    printf '%s\n' silent show-error fail-with-body 'max-time = 60' 'header = "kbn-xsrf: farmstack"' \
      "user = \"elastic:$password\"" "url = \"$url$path\""
    for line; do printf '%s\n' "$line"; done
  } | curl --config - 2>&1
}

tries=0
until ask /api/status | grep -q '"level":"available"'; do
  tries=$((tries + 1))
  [ "$tries" -lt "$patience" ] || fail "Kibana is not ready after $patience tries: docker logs --tail 50 $container"
  sleep 2
done
answer=$(ask "/api/saved_objects/_import?overwrite=true" "form = \"file=@$work/objects.ndjson\"") ||
  fail "Kibana does not take its dashboard: $(printf %s "$answer" | cut -c 1-300)"
case $answer in *'"success":true'*) echo "dashboard: there" ;; *) fail "Kibana does not take its dashboard: $(printf %s "$answer" | cut -c 1-300)" ;; esac

# What asks Elasticsearch from one of its hosts.
# shellcheck shell=sh disable=SC2154,SC2034  # the settings stand above, written by gates.ts

installed curl || { family=$(family) && install_packages "what asks Elasticsearch" curl ca-certificates; }
ca=$(mktemp)
trap 'rm -f "$ca"' EXIT
printf %s "$ca_text" >"$ca"

# health: sets $health (green, yellow, red) and $count, the number of nodes.
health() {
  request GET "/_cluster/health?filter_path=status,number_of_nodes" && [ "$status" = 200 ] || return 1
  health=$(printf %s "$answer" | sed -n 's/.*"status":"\([a-z]*\)".*/\1/p')
  count=$(printf %s "$answer" | sed -n 's/.*"number_of_nodes":\([0-9]*\).*/\1/p')
}

# wait_until CONDITION REASON
wait_until() {
  tries=0
  until health && $1; do
    tries=$((tries + 1))
    [ "$tries" -lt "$patience" ] || fail "$container: $2 (it is ${health:-unknown}, with ${count:-0} of $nodes nodes). Look at: $look"
    sleep 1
  done
}

# One node alone has no place for the copies that somebody may have asked for.
is_back() { [ "$health" = green ] || { [ "$nodes" = 1 ] && [ "$health" = yellow ]; }; }
# A node that is still alone can't be spared, and is changed nevertheless: there will be more.
is_spare() { [ "$health" = green ] && { [ "$count" -ge "$nodes" ] || [ "$count" = 1 ]; }; }

wait_until_back() { wait_until is_back "the cluster did not get well within $patience s" && echo "back: $health, $count of $nodes nodes"; }
wait_until_spare() { wait_until is_spare "it can't be changed while the cluster is not whole" && echo "may change"; }

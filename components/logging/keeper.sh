# Looks after the log store from one of its hosts: rotation, retention, snapshots, room on its disks.
# shellcheck shell=sh disable=SC2154,SC2034,SC1003,SC2119,SC2120  # the settings stand above, written by keeper.ts

fail() {
  echo "$host: $1" >&2
  exit 1
}

# The cluster's work is done by one of its hosts: that of the node which the others have chosen.
is_ours() {
  must "the chosen node" GET "/_cat/master?h=node"
  [ "$(printf %s "$answer" | tr -d '[:space:]')" = "$host" ]
}

# indices: "STREAM NUMBER CREATED BYTES" for each index behind the data streams, the oldest of each stream first. The last
# one of a stream is the one that is written to.
indices() {
  must "the list of indices" GET "/_cat/indices/$backing?h=index,creation.date,store.size&bytes=b&expand_wildcards=all&s=index"
  printf '%s\n' "$answer" | sed -n 's/^\.ds-\(logs-.*\)-\([0-9.]*\)-\([0-9]\{6,\}\) *\([0-9]*\) *\([0-9]*\).*/\1 \3 \4 \5 .ds-\1-\2-\3/p' |
    sort -k 1,1 -k 2,2n
}

# A new index begins often enough that what goes with an old one is a small part of all.
rotate() {
  for stream in $(indices | cut -d ' ' -f 1 | sort -u); do
    must "rotation of $stream" POST "/$stream/_rollover" "$rotation"
    case $answer in *'"rolled_over":true'*) echo "$stream: a new index" ;; esac
  done
}

remove() {
  must "removal of $1" DELETE "/$1"
  echo "$1: removed, $2"
}

# by_age: an index goes when all that is in it is older: when the next one began that long ago.
by_age() {
  if has "/_data_stream/logs-*/_lifecycle"; then
    echo "age: kept by Elasticsearch's own lifecycle"
    return
  fi
  indices | awk -v before="$(($(date +%s) - days * 86400))" '
    $1 == stream && $3 / 1000 < before { print index_name }
    { stream = $1; index_name = $5 }' |
    while read -r old; do remove "$old" "older than $days days"; done
}

# by_size: the oldest go, whichever stream they are of, until all fit. Never the one that is written to.
by_size() {
  total=$(indices | awk '{ total += $4 } END { printf "%.0f", total }')
  indices | awk '
    $1 == stream { print created, bytes, index_name }
    { stream = $1; created = $3; bytes = $4; index_name = $5 }' | sort -n |
    while read -r _ bytes old; do
      awk -v total="$total" -v most="$max_gib" 'BEGIN { exit !(total > most * 1073741824) }' || break
      remove "$old" "all together are larger than $max_gib GiB"
      total=$(awk -v total="$total" -v bytes="$bytes" 'BEGIN { printf "%.0f", total - bytes }')
    done
}

retention() {
  is_ours || { echo "another host's node is the chosen one"; return; }
  rotate
  by_age
  by_size
}

snapshots() {
  must "the list of snapshots" GET "/_cat/snapshots/farmstack?h=id,status,start_epoch&s=start_epoch"
  printf '%s\n' "$answer" | awk 'NF >= 3 { print $1, $2, $3 }'
}

save() {
  name=${1:-logs-$(date --utc +%Y%m%dt%H%M%Sz)}
  request_time=21600 must "snapshot $name" PUT "/_snapshot/farmstack/$name?wait_for_completion=true" "$snapshot"
  case $answer in *'"state":"SUCCESS"'*) echo "saved $name" ;; *) fail "snapshot $name is not whole: $(reason)" ;; esac
}

# Only whole ones count, and only those of a schedule go.
scheduled_snapshot() {
  is_ours || { echo "another host's node is the chosen one"; return; }
  if has /_slm/policy; then
    echo "snapshots: Elasticsearch's own schedule"
    return
  fi
  save
  snapshots | awk '$2 == "SUCCESS" && $1 ~ /^logs-[0-9]+t[0-9]+z$/ { print $1 }' | sort -r | tail -n "+$((keep + 1))" |
    while read -r old; do
      must "removal of snapshot $old" DELETE "/_snapshot/farmstack/$old"
      echo "removed $old"
    done
}

# restore SNAPSHOT: beside what there is, as restored-SNAPSHOT-…, never over it.
restore() {
  # The second $1 is Elasticsearch's.
  body="{\"indices\":\"logs-*\",\"include_global_state\":false,\"rename_pattern\":\"(.+)\",\"rename_replacement\":\"restored-$1-\$1\"}"
  request_time=21600 must "restore of $1" POST "/_snapshot/farmstack/$1/_restore?wait_for_completion=true" "$body"
  echo "restored $1"
}

# tell TEXT: to the webhook, where there is one.
tell() {
  [ -s "$folder/webhook" ] || return 0
  curl --config - <<CONFIG >/dev/null 2>&1 || echo "the webhook does not answer" >&2
silent
fail
max-time = 20
url = "$(cat "$folder/webhook")"
header = "Content-Type: application/json"
data-binary = "{\"text\":\"$1\"}"
CONFIG
}

# The mark on whose passing Elasticsearch puts no more data on a node.
low_mark() {
  request GET "/_cluster/settings?include_defaults=true&flat_settings=true&filter_path=*.cluster.routing.allocation.disk.watermark.low" || true
  mark=$(printf %s "$answer" | sed -n 's/.*watermark.low":"\([0-9]*\)\(\.[0-9]*\)\{0,1\}%".*/\1/p')
  echo "${mark:-85}"
}

disks() {
  must "room on the disks" GET "/_cat/allocation?h=node,disk.percent,disk.avail&bytes=b"
  printf '%s\n' "$answer" | awk 'NF == 3 && $2 ~ /^[0-9]+$/ { print $1, $2, $3 }'
}

# has_room: or it says what has none.
has_room() {
  mark=$(low_mark)
  found=$(disks) || return 1
  full=$(printf '%s\n' "$found" | awk -v mark="$mark" '$2 >= mark { printf "%s is %s %% full; ", $1, $2 }')
  [ -z "$full" ] || {
    echo "${full}from $mark % on Elasticsearch puts no more data there. Make room, or lower logging.retention"
    return 1
  }
}

# Fails when a disk is past the mark, or the store does not answer: the unit that runs this is then failed, and the journal
# says why. The webhook is told when it begins and when it is over.
disk() {
  state=/run/farmstack-logging-disk
  if problem=$(has_room 2>&1); then
    [ ! -e "$state" ] || { rm -f "$state" && tell "$host: the log store is well again, its disks have room"; }
    echo "the disks have room"
  else
    problem=${problem#"$host: "}
    [ -e "$state" ] || { : >"$state" && tell "$host: $(printf %s "$problem" | tr -d '\n"\\')"; }
    fail "$problem"
  fi
}

# status: lines of "KEY VALUE...", for people and for the tool.
status() {
  must "health" GET "/_cluster/health?filter_path=status,number_of_nodes,unassigned_shards"
  echo "health $(printf %s "$answer" | sed 's/.*"status":"\([a-z]*\)".*/\1/') nodes $(printf %s "$answer" | sed 's/.*"number_of_nodes":\([0-9]*\).*/\1/') of $nodes"
  must "version" GET "/?filter_path=version.number"
  echo "version $(printf %s "$answer" | sed 's/.*"number":"\([^"]*\)".*/\1/')"
  echo "receiver $receiver"
  if has "/_data_stream/logs-*/_lifecycle"; then echo "age lifecycle $days"; else echo "age timer $days"; fi
  echo "size timer $max_gib"
  if [ -z "$repository" ]; then
    echo "snapshots none"
  elif has /_slm/policy; then
    echo "snapshots elasticsearch $keep"
  else
    echo "snapshots timer $keep"
  fi
  indices | awk '{ n[$1]++; b[$1] += $4 } END { for (s in n) print "stream", s, n[s], b[s] }' | sort
  disks | sed "s/^/disk /"
  echo "mark $(low_mark)"
  for unit in retention snapshot disk; do
    [ ! -e "/etc/systemd/system/farmstack-logging-$unit.timer" ] ||
      echo "unit $unit $(systemctl show --property Result --value "farmstack-logging-$unit.service")"
  done
}

command=${1:-status}
[ "$#" -eq 0 ] || shift
user=farmstack_keeper
password=$(cat "$folder/password")
ca=$folder/ca.pem
case $command in
  status | retention | disk | snapshots | save | restore) "$command" "$@" ;;
  snapshot) scheduled_snapshot ;;
  ask)
    must "$2" "$1" "$2" "$(cat)"
    printf '%s\n' "$answer"
    ;;
  *) fail "there is no $command; there are: status retention disk snapshots save restore snapshot ask" ;;
esac

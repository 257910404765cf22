#!/usr/bin/env bash
# .gitlab/comment.sh MERGE_REQUEST FILE
# Writes a note on a merge request. One with the same first line is edited instead. GITLAB_API_TOKEN is a project access token.
set -euo pipefail
merge_request=$1
file=$2
marker=$(sed -n 1p "$file")
notes="$CI_API_V4_URL/projects/$CI_PROJECT_ID/merge_requests/$merge_request/notes"
# The token goes over standard input: arguments are seen by everybody on the machine.
api() { curl --fail --silent --show-error --config - "$@" <<<"header = \"PRIVATE-TOKEN: $GITLAB_API_TOKEN\""; }

id=""
page=1
while [ -n "$page" ] && [ -z "$id" ]; do
  found=$(api "$notes?per_page=100&page=$page")
  id=$(jq -r --arg marker "$marker" '[.[] | select(.body | startswith($marker)) | .id][0] // empty' <<<"$found")
  [ "$(jq length <<<"$found")" = 100 ] && page=$((page + 1)) || page=""
done
if [ -n "$id" ]; then
  api --request PUT --data-urlencode "body@$file" "$notes/$id" >/dev/null
else
  api --request POST --data-urlencode "body@$file" "$notes" >/dev/null
fi

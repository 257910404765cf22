#!/usr/bin/env bash
# .gitlab/issue.sh STACK CODE FILE
# Keeps one issue about the drift of a stack: opened or edited while CODE is not 0, closed when it is.
set -euo pipefail
stack=$1
code=$2
file=$3
title="Drift: $stack is not as it was declared"
issues="$CI_API_V4_URL/projects/$CI_PROJECT_ID/issues"
api() { curl --fail --silent --show-error --config - "$@" <<<"header = \"PRIVATE-TOKEN: $GITLAB_API_TOKEN\""; }

number=$(api "$issues?state=opened&labels=drift&per_page=100" | jq -r --arg title "$title" '[.[] | select(.title == $title) | .iid][0] // empty')
if [ "$code" = 0 ]; then
  [ -z "$number" ] || api --request PUT --data state_event=close "$issues/$number" >/dev/null
elif [ -n "$number" ]; then
  api --request PUT --data-urlencode "description@$file" "$issues/$number" >/dev/null
else
  api --request POST --data-urlencode "title=$title" --data-urlencode "description@$file" --data labels=drift "$issues" >/dev/null
fi

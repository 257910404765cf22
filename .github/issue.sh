#!/usr/bin/env bash
# .github/issue.sh STACK CODE FILE
# Keeps one issue about the drift of a stack: opened or edited while CODE is not 0, closed when it is.
set -euo pipefail
stack=$1
code=$2
file=$3
TITLE="Drift: $stack is not as it was declared"
export TITLE
issues="repos/$GITHUB_REPOSITORY/issues"
number=$(gh api --paginate "$issues?state=open&labels=drift" --jq '.[] | select(.title == env.TITLE) | .number' | sed -n 1p)
if [ "$code" = 0 ]; then
  [ -z "$number" ] || gh api --silent --method PATCH "$issues/$number" --field state=closed
elif [ -n "$number" ]; then
  gh api --silent --method PATCH "$issues/$number" --field body=@"$file"
else
  gh api --silent --method POST "$issues" --field title="$TITLE" --field body=@"$file" --field 'labels[]=drift'
fi

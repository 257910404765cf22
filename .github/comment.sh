#!/usr/bin/env bash
# .github/comment.sh PULL_REQUEST FILE
# Writes a comment on a pull request. One of this repository's workflows with the same first line is edited instead.
set -euo pipefail
pull=$1
file=$2
MARKER=$(sed -n 1p "$file")
export MARKER
comments="repos/$GITHUB_REPOSITORY/issues/$pull/comments"
id=$(gh api --paginate "$comments" --jq '.[] | select(.user.type == "Bot") | select(.body | startswith(env.MARKER)) | .id' | sed -n 1p)
if [ -n "$id" ]; then
  gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" --field body=@"$file"
else
  gh api --silent --method POST "$comments" --field body=@"$file"
fi

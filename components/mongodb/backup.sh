# What is done with the backups of a database: `backup`, `list`, `restore FILE`. A file has its name only when it is whole.
# shellcheck shell=sh
set -eu
folder=/backup
config=/run/secrets/farmstack/mongodump.yaml # address, user and password: no argument has them

dump() { # name
  part=$folder/.$1.part
  rm -f "$folder"/.*.part
  mongodump --config "$config" --archive="$part" --gzip
  gzip -t "$part"
  sync "$part" 2>/dev/null || sync
  mv "$part" "$folder/$1"
  echo "saved $1"
}

now() { date -u +%Y%m%dT%H%M%SZ; }

case $1 in
backup)
  dump "$DATABASE-$(now).archive.gz"
  # Those that a restore saved have other names, and stay.
  find "$folder" -maxdepth 1 -name "$DATABASE-[0-9]*.archive.gz" | sort -r | tail -n "+$((KEEP + 1))" |
    while read -r old; do
      rm "$old"
      echo "removed ${old##*/}"
    done
  ;;
list)
  find "$folder" -maxdepth 1 -name '*.archive.gz' -printf '%s %f\n'
  ;;
restore)
  [ -f "$folder/$2" ] || { echo "there is no $2" >&2; exit 2; }
  gzip -t "$folder/$2"
  dump "before-restore-$(now).archive.gz"
  # Users stay as they are: those of a backup may have passwords that were rotated since.
  mongorestore --config "$config" --archive="$folder/$2" --gzip --drop --nsExclude 'admin.*' --nsExclude 'config.*'
  echo "restored $2"
  ;;
esac

# Makes in Elasticsearch what shippers, readers and retention need. Run again, it makes the same.
# shellcheck shell=sh disable=SC2154,SC2034  # the settings stand above, written by setup.ts

must "password of elastic" POST /_security/user/elastic/_password "$elastic_body"
password=$elastic_password
must "password of kibana_system" POST /_security/user/kibana_system/_password "$kibana_body"
must "role of writers" PUT /_security/role/farmstack_writer "$writer_role"
must "role of readers" PUT /_security/role/farmstack_reader "$reader_role"
must "role of the keeper" PUT /_security/role/farmstack_keeper "$keeper_role"
must "user $writer_user" PUT "/_security/user/$writer_user" "$writer_body"
must "user farmstack_reader" PUT /_security/user/farmstack_reader "$reader_body"
must "user farmstack_keeper" PUT /_security/user/farmstack_keeper "$keeper_body"
# Writers of the generation before go on until the next rotation: shippers get their new password after this.
for old in $retired_writers; do
  request DELETE "/_security/user/$old"
  case $status in 200) echo "user $old: retired" ;; 404) ;; *) fail "user $old can't be retired: $(reason)" ;; esac
done
echo "users: set"

must "settings of indices" PUT /_component_template/farmstack-logs-settings "$settings_body"
must "fields of events" PUT /_component_template/farmstack-logs-mappings "$mappings_body"
if has "/_data_stream/logs-*/_lifecycle"; then
  must "template of data streams" PUT /_index_template/farmstack-logs "$template_with_lifecycle"
  request PUT "/_data_stream/$streams/_lifecycle" "$lifecycle_body"
  case $status in 2?? | 404) ;; *) fail "retention: Elasticsearch says $status: $(reason)" ;; esac
  echo "retention by age: Elasticsearch's own lifecycle"
else
  must "template of data streams" PUT /_index_template/farmstack-logs "$template"
  echo "retention by age: a timer of the hosts, for this Elasticsearch has no lifecycle of data streams"
fi
must "copies of what is there" PUT "/$streams/_settings?ignore_unavailable=true&allow_no_indices=true&expand_wildcards=all" "$replicas_body"

if [ -n "$repository_body" ]; then
  must "repository of snapshots" PUT /_snapshot/farmstack "$repository_body"
  if has /_slm/policy; then
    must "snapshots" PUT /_slm/policy/farmstack "$policy_body"
    echo "snapshots: Elasticsearch's own schedule"
  else
    echo "snapshots: a timer of the hosts, for this Elasticsearch has no schedule of its own"
  fi
fi

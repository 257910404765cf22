# What scripts that deal with etcd on a control plane have in common.
# shellcheck shell=sh disable=SC2015  # the last part is for either of the two that fails

# running_container NAME: id of the container that runs of a pod of the cluster itself; ends badly when none does.
running_container() {
  its_ids=$(ctr --namespace k8s.io containers list --quiet \
    "labels.\"io.kubernetes.container.name\"==$1,labels.\"io.kubernetes.pod.namespace\"==kube-system") &&
    its_tasks=$(ctr --namespace k8s.io tasks list) ||
    { echo "containerd does not answer: journalctl -u containerd -n 50" >&2; exit 1; }
  for its_id in $its_ids; do
    if echo "$its_tasks" | awk -v id="$its_id" '$1 == id && $3 == "RUNNING" { found = 1 } END { exit !found }'; then
      echo "$its_id"
      return
    fi
  done
  return 1
}

# ask_etcd ARGUMENTS: this host's etcd, by the host's own etcdctl, else by the one in etcd's container, which sees the
# same /var/lib/etcd.
ask_etcd() {
  pki=/etc/kubernetes/pki/etcd
  set -- etcdctl --endpoints https://127.0.0.1:2379 --cacert $pki/ca.crt --cert $pki/healthcheck-client.crt \
    --key $pki/healthcheck-client.key "$@"
  if command -v etcdctl >/dev/null; then
    "$@"
  else
    container=$(running_container etcd) || { echo "etcd does not run: journalctl -u kubelet -n 50" >&2; return 1; }
    ctr --namespace k8s.io tasks exec --exec-id "farmstack-$$" "$container" "$@"
  fi
}

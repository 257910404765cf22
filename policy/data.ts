/** Resources with which data goes, or what opens it. The gate and the policies read the same list. */
export interface DataBearing {
  /** Of the type, and of the resource's URN with the types of its parents; the first entry that fits counts. */
  type: RegExp;
  urn?: RegExp;
  /** What is lost when it is deleted or replaced. */
  loses: string;
  /** Whether it has to be protected in production; if not, why not. */
  protect: true | string;
}

/** Secrets that whoever uses them takes anew at any time: nothing is lost with an old one. */
export const renewable: { urn: RegExp; why: string }[] = [
  { urn: /::[^:]+-key-client-(?!admin$)[^:]+$/, why: "the cluster takes another key of a client" },
  { urn: /::[^:]+-key-(mgr|mds)-[^:]+$/, why: "the cluster takes another key of a daemon without data" },
  { urn: /::[^:]+-dashboard-password$/, why: "it is set again" },
  { urn: /KubernetesCluster\$.*::[^:]+-(token|certificate-key)$/, why: "only used while a node joins" },
  { urn: /MongoDatabase\$.*::[^:]+-(client|backup)-\d+$/, why: "the user of that generation" },
  {
    urn: /HarborRegistry\$random:.*::[^:]+-((database|registry)-password|(core|jobservice|registry-http)-secret|(csrf|reload)-key|scanner-robot-prefix)$/,
    why: "Harbor's parts know each other by it, and all of them are told the new one",
  },
  {
    urn: /HarborRegistry\$tls:.*::[^:]+-(key|token-certificate)$(?<!-(token|ca)-key)/,
    why: "the certificate of the entry, or of a key that stays: clients trust the authority, parts are told",
  },
  { urn: /[:$]tls:index\/(certRequest|locallySignedCert):/, why: "its authority signs another" },
];

const secret = /^(random:index\/random(Bytes|Password|Uuid|Id|String):|tls:index\/)/;

export const dataBearing: DataBearing[] = [
  {
    type: /^docker:index\/volume:Volume$/,
    loses: "the files in the volume",
    protect: true,
  },
  {
    type: /^command:remote:Command$/,
    urn: /::[^:]+-ceph-osd-[^:]+-store$/,
    loses: "an OSD's store: its copies of the data, which the deletion sets aside",
    protect: "its container goes only when Ceph says that the data is safe without it",
  },
  {
    type: /^command:remote:Command$/,
    urn: /::[^:]+-ceph-mon-[^:]+-store$/,
    loses: "a monitor's store: its copy of the cluster's maps and keys, which the deletion sets aside",
    protect: "its container goes only when the other monitors do without it",
  },
  {
    type: secret,
    urn: /::[^:]+-osd-[^:]+-(uuid|key)$/,
    loses: "the identity of an OSD: its store can't be opened as that OSD",
    protect: "its container goes only when Ceph says that the data is safe without it",
  },
  {
    type: secret,
    urn: /::[^:]+-(fsid|key-mon|key-client-admin)$|MongoDatabase\$.*::[^:]+-(key|admin-\d+)$/,
    loses: "the identity of a cluster, or its administrator's way in",
    protect: true,
  },
  {
    type: secret,
    urn: /HarborRegistry\$.*::[^:]+-secret-key$/,
    loses: "what Harbor's database knows in cipher: its logins at other registries, for good",
    protect: true,
  },
  {
    type: secret,
    urn: /HarborRegistry\$.*::[^:]+-admin-\d+$/,
    loses: "a password of Harbor's administrator, which may be the one that its database has",
    protect: true,
  },
  {
    type: secret,
    urn: /HarborRegistry\$.*::[^:]+-(token-key|ca-key|ca)$/,
    loses: "what Harbor's clients trust: its tokens, or its authority",
    protect: true,
  },
  {
    type: secret,
    loses: "a generated secret: what was made with it can't be opened",
    protect: "not every secret opens data; those that do are protected",
  },
  {
    type: /^kubernetes:core\/v1:PersistentVolume$/,
    loses: "the volume, or the way to it",
    protect: true,
  },
  {
    type: /^kubernetes:core\/v1:PersistentVolumeClaim$/,
    loses: "the claim on a volume, and with some classes the volume",
    protect: true,
  },
  {
    type: /^kubernetes:core\/v1:Namespace$/,
    urn: /::kubernetes-storage-namespace$/,
    loses: "the drivers of all volumes: no pod can mount one",
    protect: "nothing but the drivers is in it, and they come back with it",
  },
  {
    type: /^kubernetes:core\/v1:Namespace$/,
    urn: /KubernetesLogShipper\$/,
    loses: "the shippers of the pods' lines, and what only they know of their places",
    protect: "nothing but the shippers is in it; what they have not sent is on the nodes' disks",
  },
  {
    type: /^kubernetes:core\/v1:Namespace$/,
    loses: "everything in the namespace, claims included",
    protect: true,
  },
  {
    type: /^kubernetes:apps\/v1:StatefulSet$/,
    loses: "the members of a database, all at once; their volumes stay",
    protect: "its volumes are, and its claims are kept (persistentVolumeClaimRetentionPolicy)",
  },
  {
    type: /^kubernetes:apiextensions\.k8s\.io\/v1:CustomResourceDefinition$/,
    loses: "all objects of that kind in the cluster",
    protect: true,
  },
];

/** What is lost with a resource; undefined when nothing is. */
export function dataOf({ type, urn }: { type: string; urn: string }): DataBearing | undefined {
  if (secret.test(type) && renewable.some((its) => its.urn.test(urn))) return undefined;
  return dataBearing.find((its) => its.type.test(type) && (its.urn?.test(urn) ?? true));
}

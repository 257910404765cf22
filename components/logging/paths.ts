/** TCP ports. Those of the programs themselves are their upstream's. */
export const ports = {
  http: 9200,
  transport: 9300,
  beats: 5044,
  events: 5959,
  receiverApi: 9600,
  kibana: 5601,
};

/** User and group that Elastic's images run as. */
export const owner = "1000:0";

/** Where a daemon's folders are on a host. */
export const folders = (dataDirectory: string, daemon: string) => {
  const base = `${dataDirectory}/logging/${daemon}`;
  return { base, data: `${base}/data`, files: `${base}/files` };
};

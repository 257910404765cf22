import { type ApplicationImage } from "../applications/images";
import { loggingVersions } from "./versions";

/** Images of the catalog, by their names there; the stack's file has the references in `images.overrides`. */
export const loggingImages = {
  elasticsearch: { repo: "lab/elasticsearch", tag: loggingVersions.elasticsearch, image: "elasticsearch" },
  filebeat: { repo: "lab/filebeat", tag: loggingVersions.filebeat, image: "filebeat" },
  /** In the place of Logstash. */
  logReceiver: { repo: "lab/log-receiver", tag: loggingVersions.receiver, image: "log-receiver" },
  nginx: { repo: "lab/nginx", tag: loggingVersions.nginx, image: "nginx" },
} satisfies Record<string, ApplicationImage>;

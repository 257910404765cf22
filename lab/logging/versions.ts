/** What the lab's logging node is made of. */
export const loggingVersions = {
  /** Its distribution for integration tests, which is the one that is a package. */
  elasticsearch: "8.19.21",
  /** The last line that is a Go module with its programs; a test compares it with go.mod. */
  filebeat: "7.17.28",
  /** The lab's own program in Logstash's place. */
  receiver: "1.0.0",
  /** What Debian 12 packages. */
  nginx: "1.22.1",
};

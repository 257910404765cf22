/**
 * A resource as the program gets it. In `props`, an object with one of these keys stands for what JSON cannot say:
 * `$of` an output of an earlier resource (`image.imageId`), `$secret` a secret text in base64 (a plan prints the
 * configuration, where it must not be found), `$secretFile` the content of a file as a secret, `$text` an asset.
 */
export interface Declared {
  class:
    | `random.Random${"Bytes" | "Password" | "String" | "Uuid"}`
    | `command.${"local.Command" | "remote.Command" | "remote.CopyToRemote"}`
    | `docker.${"Provider" | "RemoteImage" | "Container" | "Network" | "Volume"}`;
  /** Logical name. */
  name: string;
  props: Record<string, unknown>;
  /** Name of an earlier docker.Provider. @default none */
  provider?: string;
}

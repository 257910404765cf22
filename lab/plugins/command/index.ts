import { type Plugin } from "../resource-type";
import { copyToRemote } from "./copy";
import { localCommand } from "./local";
import { remoteCommand } from "./remote";

/** Commands and files, on this machine and on others over SSH. */
export const commandPlugin: Plugin = {
  name: "command",
  version: "1.2.1",
  config: [],
  types: {
    "command:local:Command": localCommand,
    "command:remote:Command": remoteCommand,
    "command:remote:CopyToRemote": copyToRemote,
  },
};

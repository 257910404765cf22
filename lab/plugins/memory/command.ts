import { randomBytes } from "node:crypto";
import { commandOperations, failureMessage, type Runner } from "../command/operations";
import { type Properties, type ResourceType } from "../resource-type";
import { changeWorld, hostIn, readWorld } from "./world";

type Operations = Pick<ResourceType, "create" | "update" | "delete">;

/** The operations of the command plugin's types on the world in a file, by type token. Nothing is run. */
export function commandsInMemory(file: string): Record<string, () => Operations> {
  const answer: Runner = async ({ script, inputs }) => {
    const { stdout = "", code = 0 } =
      readWorld(file).answers.find(({ match }) =>
        new RegExp(match).test(`${script}\n${inputs.stdin ?? ""}`),
      ) ?? {};
    if (code === 0) return { stdout, stderr: "" };
    const host: string = inputs.connection?.host ?? "local";
    throw new Error(`${host}: ${failureMessage(`Process exited with status ${code}`, script, stdout)}`);
  };
  const copy = ({ connection, remotePath, source }: Properties) =>
    changeWorld(file, (world) => (hostIn(world, connection.host).files[remotePath] = source.hash));

  return {
    "command:local:Command": () => commandOperations(answer),
    "command:remote:Command": () => commandOperations(answer),
    "command:remote:CopyToRemote": () => ({
      async create(inputs) {
        copy(inputs);
        return { id: randomBytes(4).toString("hex"), outputs: inputs };
      },
      async update(_id, _state, inputs) {
        copy(inputs);
        return inputs;
      },
      delete: async () => undefined,
    }),
  };
}

import * as pulumi from "@pulumi/pulumi";

// What the SDK of any language does that was made from the plugin's schema: it names a type and hands values over. Nothing
// of the components is in this program.
class Remote extends pulumi.ComponentResource {
  declare public readonly healthCommand: pulumi.Output<string>;
  declare public readonly adminKeyring: pulumi.Output<string>;

  constructor(name: string, args: object) {
    const outputs = { healthCommand: undefined, adminKeyring: undefined };
    super("farmstack:index:CephOnHosts", name, { ...args, ...outputs }, {}, true);
  }
}

const storage = new Remote("storage", new pulumi.Config().requireObject<object>("storage"));

export const health = storage.healthCommand;
export const adminKeyring = storage.adminKeyring;

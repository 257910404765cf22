import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { type User } from "./users";

/** Passwords of a user, the newest first. All are kept: with an older one an interrupted rotation is taken up. */
export type Passwords = pulumi.Output<string[]>;

/** Passwords of a user up to a generation. Another number makes another password, none is ever replaced. */
export function passwordsOf(
  name: string,
  user: User,
  generation: number,
  opts: pulumi.CustomResourceOptions,
): Passwords {
  const all = Array.from(
    { length: generation + 1 },
    (_, number) =>
      // Letters and digits alone: none has to be escaped, in whichever file it stands.
      new random.RandomPassword(
        `${name}-${user.replaceAll("_", "-")}-password-${number}`,
        { length: 32, special: false },
        opts,
      ).result,
  );
  return pulumi.secret(pulumi.all(all.reverse()));
}

/** The password that is in use. */
export const newest = (passwords: Passwords): pulumi.Output<string> =>
  passwords.apply(([first = ""]) => first);

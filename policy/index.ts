import { type Policies, PolicyPack, type ResourceValidationArgs } from "@pulumi/policy";
import { plain, type Planned, type Props } from "./planned";
import { rules } from "./rules";

// `pulumi preview --policy-pack policy`: the engine asks about each resource before it is touched, and about all of them
// at the end. What is checked is in rules/, as pure functions; this file only tells the engine.

/**
 * The resources that were asked about. At the end the engine gives outputs instead, of which a preview knows nothing while
 * a cluster is not there.
 */
const seen = new Map<string, Planned>();

function plannedOf({ urn, type, name, props, opts }: ResourceValidationArgs): Planned {
  return { urn, type, name, props: plain(props) as Props, protect: opts.protect };
}

const policies: Policies = rules.map((rule) => {
  const { name, description, level: enforcementLevel } = rule;
  return "check" in rule
    ? {
        name,
        description,
        enforcementLevel,
        validateResource: (args, report) => {
          const resource = plannedOf(args);
          seen.set(resource.urn, resource);
          for (const message of rule.check(resource)) report(message);
        },
      }
    : {
        name,
        description,
        enforcementLevel,
        validateStack: (_, report) => {
          for (const { urn, message } of rule.checkAll([...seen.values()])) report(message, urn);
        },
      };
});

new PolicyPack("farmstack", { enforcementLevel: "mandatory", policies });

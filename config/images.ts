import * as pulumi from "@pulumi/pulumi";
import { harborImages } from "../components/harbor/versions";
import { type ImageSources, registryOf } from "../components/images";
import { harborAddress } from "./harbor-parts";
import { readRegistry } from "./registry";
import { type HarborSettings, type ImageSettings } from "./schema";

/**
 * Where images come from, for components: the password is a secret. A Harbor of the stack that is its mirror can't be
 * asked for its own images, as it is not there yet, or stopped for an upgrade. Throws when a file can't be read, or is
 * not what it should be.
 */
export function imageSourcesOf(settings: ImageSettings, harbor: HarborSettings): ImageSources {
  const { mirror, overrides, digests } = settings;
  const own = mirror !== undefined && registryOf(mirror) === harborAddress(harbor);
  const registry = readRegistry(settings);
  const login = registry?.login && { ...registry.login, password: pulumi.secret(registry.login.password) };
  const direct = own ? harborImages : undefined;
  return { mirror, overrides, digests, direct, registry: registry && { ...registry, login } };
}

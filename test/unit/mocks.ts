import * as pulumi from "@pulumi/pulumi";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

/** A resource as the program declared it. */
export interface Declared {
  type: string;
  name: string;
  /** As the engine would get them; secrets are their plain values here, and listed in `secrets`. */
  inputs: Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any
  /** Paths of the inputs that are secret as a whole, such as `uploads`. */
  secrets: string[];
  /** Reference of the explicit provider, empty when there is none. */
  provider: string;
  opts: pulumi.CustomResourceOptions;
}

const signature = "4dabf18193072939515e22adb298388d";

const declared = new Map<string, Declared>();

/** Values that an engine would know only after the creation, by type. */
function outputsOf(type: string, name: string, inputs: Record<string, unknown>): Record<string, unknown> {
  switch (type) {
    case "random:index/randomBytes:RandomBytes":
      return { base64: pulumi.secret(Buffer.alloc(Number(inputs.length), name).toString("base64")) };
    case "random:index/randomPassword:RandomPassword":
      return {
        result: pulumi.secret(`password of ${name}`),
        bcryptHash: pulumi.secret(`hash of ${name}`),
      };
    case "random:index/randomUuid:RandomUuid":
      return { result: "11111111-2222-4333-8444-555555555555" };
    case "docker:index/remoteImage:RemoteImage":
      return { imageId: `sha256:id-of-${name}` };
    case "command:remote:Command":
      return { stdout: `output of ${name}`, stderr: "" };
    case "tls:index/privateKey:PrivateKey":
      return {
        privateKeyPem: pulumi.secret(`key of ${name}`),
        privateKeyPemPkcs8: pulumi.secret(`PKCS#8 key of ${name}`),
      };
    case "tls:index/certRequest:CertRequest":
      return { certRequestPem: `request of ${name}` };
    case "tls:index/selfSignedCert:SelfSignedCert":
    case "tls:index/locallySignedCert:LocallySignedCert":
      return { certPem: `certificate of ${name}` };
    default:
      return type.startsWith("kubernetes:") ? { metadata: named(name, inputs.metadata as object) } : {};
  }
}

/** Kubernetes' objects without a name get one. */
const named = (name: string, metadata: object = {}) => ({ name: `${name}-0a1b2c3d`, ...metadata });

/** Starts the mocks; the program has to be imported after it. */
export async function startMocks(preview = false): Promise<void> {
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, provider }) => {
        const secrets: string[] = [];
        const plain = unwrap(inputs, "", secrets) as Declared["inputs"];
        const opts = declared.get(key(type, name))?.opts ?? {};
        declared.set(key(type, name), { type, name, inputs: plain, secrets, provider: provider ?? "", opts });
        return {
          id: `${name}-id`,
          state: { ...inputs, ...outputsOf(type, name, inputs as Record<string, unknown>) },
        };
      },
      call: () => ({}),
    },
    "farmstack",
    "test",
    preview,
  );
  // The mocks of this SDK say that they support hooks, and can't register them; under mocks none is ever called.
  const monitor = pulumi.runtime.getMonitor() as unknown as Record<string, unknown>;
  monitor.registerResourceHook ??= (_: unknown, done: (error: null, answer: Empty) => void) =>
    done(null, new Empty());
}

const key = (type: string, name: string): string => `${type}::${name}`;

/** For a component's options: notes the options of its children. */
export const noteOptions: pulumi.ResourceTransformation = ({ type, name, opts }) => {
  declared.set(key(type, name), { type, name, inputs: {}, secrets: [], provider: "", opts });
  return undefined;
};

/** Everything declared so far, once all registrations are done. */
export async function allDeclared(): Promise<Declared[]> {
  await (pulumi.runtime as unknown as { waitForRPCs(): Promise<void> }).waitForRPCs(); // left out of its types
  return [...declared.values()];
}

/** The one resource of that name and type. Throws, naming those there are, when there is none. */
export async function find(type: string, name: string): Promise<Declared> {
  const all = await allDeclared();
  const found = all.find((resource) => resource.type === type && resource.name === name);
  if (!found)
    throw new Error(
      `no ${type} ${name}; there are ${all.map((one) => `${one.type} ${one.name}`).join(", ")}`,
    );
  return found;
}

export const valueOf = <T>(output: pulumi.Output<T>): Promise<T> => new Promise((done) => output.apply(done));

function unwrap(value: unknown, path: string, secrets: string[]): unknown {
  if (Array.isArray(value)) return value.map((item, index) => unwrap(item, `${path}[${index}]`, secrets));
  if (typeof value !== "object" || value === null) return value;
  const object = value as Record<string, unknown>;
  if (object[signature] === "1b47061264138c4ac30d75fd1eb44270") {
    secrets.push(path);
    return unwrap(object.value, path, secrets);
  }
  return Object.fromEntries(
    Object.entries(object).map(([name, item]) => [
      name,
      unwrap(item, path ? `${path}.${name}` : name, secrets),
    ]),
  );
}

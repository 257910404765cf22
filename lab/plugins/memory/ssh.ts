import { changeWorld, hostIn, type WorldHost } from "./world";

/**
 * A program that takes the place of `ssh` in engine tests: `ssh [options] [user@]host docker ps|inspect|rm …` on the
 * world in FARMSTACK_PLUGIN_WORLD. It knows no more than the tests have needed so far; everything else ends with 127.
 */
export function fakeSsh(args: string[], worldFile: string): { stdout: string; stderr: string; code: number } {
  const { host, command } = parseArguments(args);
  const [program, verb, ...rest] = command.join(" ").trim().split(/\s+/);
  const names = rest.filter((word) => !word.startsWith("-"));
  const done = (stdout: string) => ({ stdout, stderr: "", code: 0 });
  return changeWorld(worldFile, (world) => {
    const state = hostIn(world, host);
    switch (`${program} ${verb}`) {
      case "docker ps":
        return done(state.containers.map(({ name }) => `${name}\n`).join(""));
      case "docker inspect":
        return done(`${JSON.stringify(names.flatMap((name) => inspect(state, name)))}\n`);
      case "docker rm":
        state.containers = state.containers.filter(
          ({ name, id }) => !names.includes(name) && !names.includes(id),
        );
        return done("");
      default:
        return { stdout: "", stderr: `the test's ssh does not know: ${program} ${verb}\n`, code: 127 };
    }
  });
}

/** Options of ssh that take a value as the next word. */
const withValue = "BbcDEeFIiJLlmOopQRSWw";

function parseArguments(args: string[]): { host: string; command: string[] } {
  let next = 0;
  while (args[next]?.startsWith("-")) {
    const option = args[next++]!;
    if (option.length === 2 && withValue.includes(option[1]!)) next++;
    if (option === "--") break;
  }
  const [destination = "", ...command] = args.slice(next);
  return { host: destination.replace(/^.*@/, ""), command: command[0] === "--" ? command.slice(1) : command };
}

function inspect({ containers }: WorldHost, wanted: string): object[] {
  return containers
    .filter(({ name, id }) => name === wanted || id === wanted)
    .map(({ name, id, state, image, labels }) => ({
      Id: id,
      Name: `/${name}`,
      State: { Running: state === "running", Status: state },
      Config: { Image: image, Labels: labels },
    }));
}

if (require.main === module) {
  const { stdout, stderr, code } = fakeSsh(process.argv.slice(2), process.env.FARMSTACK_PLUGIN_WORLD!);
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = code;
}

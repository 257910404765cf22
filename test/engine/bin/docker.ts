import { changeWorld, hostIn } from "../../../lab/plugins/memory/world";

// `docker ps`, `docker rm` and the answers to `docker exec` on the host FARMSTACK_HOST of the test's world; anything else is an error.
const [command, ...args] = process.argv.slice(2);
const address = process.env.FARMSTACK_HOST as string;

changeWorld(process.env.FARMSTACK_PLUGIN_WORLD as string, (world) => {
  const host = hostIn(world, address);
  if (command === "ps") {
    const filters = args.filter((_, i) => args[i - 1] === "--filter").map((filter) => filter.split("="));
    const found = host.containers.filter(({ name, labels }) =>
      filters.every(([kind, key = "", value = ""]) =>
        kind === "name" ? new RegExp(key).test(`/${name}`) : labels[key] === value,
      ),
    );
    process.stdout.write(found.map(({ id }) => `${id}\n`).join(""));
  } else if (command === "rm") {
    const id = args[args.length - 1];
    host.containers = host.containers.filter((container) => container.id !== id);
  } else if (command === "exec") {
    const { stdout = "", code = 0 } =
      world.answers.find(({ match }) => new RegExp(match).test(args.join(" "))) ?? {};
    process.stdout.write(stdout);
    process.exitCode = code;
  } else {
    throw new Error(`docker ${command} is not of this world`);
  }
});

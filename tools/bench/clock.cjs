// Loaded before the program by `npm run bench`: notes when what began in it, and writes that down at the end.
/* eslint-disable @typescript-eslint/no-require-imports -- Node loads it with --require */
const { writeFileSync } = require("node:fs");
const Module = require("node:module");
const { join } = require("node:path");

const file = process.env.FARMSTACK_BENCH_CLOCK;
if (file && /cmd[/\\]run[/\\]?/.test(process.argv[1] ?? "")) {
  const entry = join(process.cwd(), "index.ts");
  const now = () => performance.timeOrigin + performance.now();
  const times = { process: performance.timeOrigin };
  const load = Module.prototype.load;
  Module.prototype.load = function (name) {
    if (name === entry) times.program = now();
    try {
      return load.call(this, name);
    } finally {
      // What the program imports comes before what it does.
      if (this.parent?.filename === entry) times.imported = now();
    }
  };
  const profile = process.env.FARMSTACK_BENCH_PROFILE;
  if (profile) {
    const { Session } = require("node:inspector");
    const session = new Session();
    session.connect();
    session.post("Profiler.enable");
    session.post("Profiler.start");
    process.on("exit", () =>
      session.post("Profiler.stop", (_, { profile: taken }) => writeFileSync(profile, JSON.stringify(taken))),
    );
  }
  process.on("exit", () =>
    writeFileSync(file, JSON.stringify({ ...times, exit: now(), peakKiB: process.resourceUsage().maxRSS })),
  );
}

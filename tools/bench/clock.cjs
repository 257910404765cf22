// Loaded before the program by `npm run bench`: notes when what began in it, and writes that down at the end.
/* eslint-disable @typescript-eslint/no-require-imports -- Node loads it with --require */
const { writeFileSync } = require("node:fs");
const Module = require("node:module");
const { join } = require("node:path");

const file = process.env.FARMSTACK_BENCH_CLOCK;
if (file && /cmd[/\\]run[/\\]?/.test(process.argv[1] ?? "")) {
  const entry = join(process.cwd(), "index.ts");
  const now = () => performance.timeOrigin + performance.now();
  // Seconds of processor time up to here, whatever else the machine does.
  const cpu = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
  const times = { process: performance.timeOrigin, cpu: {} };
  const note = (mark) => {
    times[mark] = now();
    times.cpu[mark] = cpu();
  };
  const load = Module.prototype.load;
  Module.prototype.load = function (name) {
    if (name === entry) note("program");
    try {
      return load.call(this, name);
    } finally {
      // What the program imports comes before what it does.
      if (this.parent?.filename === entry) note("imported");
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
  process.on("exit", () => {
    note("exit");
    writeFileSync(file, JSON.stringify({ ...times, peakKiB: process.resourceUsage().maxRSS }));
  });
}

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { Agent } from "node:http";
import { Duplex } from "node:stream";

/** Where a Docker daemon is reached by ssh. */
export interface SshTarget {
  host: string;
  user?: string;
  port?: string;
  /** Options of the ssh command line, such as `-o UserKnownHostsFile=…`. */
  options: string[];
}

/** What ssh needs to reach the target, without a command to run there. */
export function sshDestination(target: SshTarget): string[] {
  return [
    ...target.options,
    ...(target.user ? ["-l", target.user] : []),
    ...(target.port ? ["-p", target.port] : []),
    "--",
    target.host,
  ];
}

/** The command line of ssh with which Docker's own client opens one connection to a daemon. */
export function dialArguments(target: SshTarget): string[] {
  const limit = target.options.some((option) => option.includes("ConnectTimeout"))
    ? []
    : ["-o", "ConnectTimeout=30"];
  return [...limit, "-T", ...sshDestination(target), "docker", "system", "dial-stdio"];
}

/** Children that run, ended with this process. When it is killed instead, their closed input ends them. */
const children = new Set<ChildProcessWithoutNullStreams>();
process.on("exit", () => children.forEach((child) => child.kill()));

/**
 * HTTP over ssh: each connection is one `ssh` process whose input and output are the socket, so that known hosts,
 * keys and shared connections mean what they mean on the command line. At most four at a time: sshd turns away
 * those above its MaxStartups.
 */
export class SshAgent extends Agent {
  constructor(private readonly target: SshTarget) {
    super({ keepAlive: true, maxSockets: 4 });
  }

  createConnection(): SshConnection {
    return new SshConnection(this.target);
  }
}

/** A stream with the few methods of a socket that an HTTP agent calls. */
class SshConnection extends Duplex {
  private readonly child: ChildProcessWithoutNullStreams;
  private complaint = "";
  private silence?: NodeJS.Timeout;

  constructor(target: SshTarget) {
    super({ allowHalfOpen: false });
    // A session of its own: ssh has no terminal to ask questions on, and an interrupt of the run does not reach it.
    this.child = spawn("ssh", dialArguments(target), { detached: true });
    const { child } = this;
    children.add(child);
    child.stdout.on("data", (data) => {
      this.silence?.refresh();
      if (!this.push(data)) child.stdout.pause();
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (this.complaint += text));
    child.stdin.on("error", () => undefined); // ssh has ended; its exit tells why
    child.on("error", (error) => this.destroy(new Error(`ssh cannot be started: ${error.message}`)));
    child.on("close", (code) => this.ended(code));
    // A shared connection's master, started by this ssh, can hold its standard error open for long.
    child.on("exit", (code) => setTimeout(() => this.ended(code), 300));
  }

  private ended(code: number | null): void {
    children.delete(this.child);
    if (this.destroyed || this.readableEnded) return;
    if (code === 0) {
      this.push(null);
      this.read(0); // notices the end although nobody reads from an idle connection
    } else {
      const lines = this.complaint.split("\n").map((line) => line.trim());
      const told = lines.filter((line) => line && !line.startsWith("Warning: Permanently added")).slice(-5);
      this.destroy(
        new Error(told.join(" ") || (code === null ? "ssh was killed" : `ssh ended with ${code}`)),
      );
    }
  }

  override _read(): void {
    this.child.stdout.resume();
  }

  override _write(data: Buffer, encoding: BufferEncoding, done: () => void): void {
    this.silence?.refresh();
    this.child.stdin.write(data, encoding, () => done());
  }

  override _final(done: () => void): void {
    this.child.stdin.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.silence);
    this.child.kill();
    done(error);
  }

  /** Emits "timeout" after so many milliseconds without traffic; 0 never. */
  setTimeout(milliseconds: number): this {
    clearTimeout(this.silence);
    this.silence = milliseconds ? setTimeout(() => this.emit("timeout"), milliseconds).unref() : undefined;
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  /** Lets the process wait for this connection, or not. */
  ref(): this {
    return this.hold("ref");
  }

  unref(): this {
    return this.hold("unref");
  }

  private hold(how: "ref" | "unref"): this {
    this.child[how]();
    // Pipes of a child are sockets, whatever their declared type.
    for (const pipe of [this.child.stdin, this.child.stdout, this.child.stderr])
      (pipe as unknown as Record<typeof how, () => void>)[how]();
    return this;
  }
}

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { type IncomingMessage } from "node:http";
import { head, requestTo } from "../hosts/http";
import { type Access } from "../hosts/registry-access";
import { step } from "../progress";

/** Path below a registry at which a blob of a repository is read with a plain GET. */
export const blobPath = (repo: string, sha256: string) => `/v2/${repo}/blobs/sha256:${sha256}`;

/**
 * Puts a file into a registry as a blob without a manifest, unless it is there. So one server has all that the hosts
 * fetch, and the name of a blob is its hash. Gives its path. https://github.com/opencontainers/distribution-spec
 */
export async function ensureBlob(
  access: Access,
  registry: string,
  repo: string,
  file: string,
  sha256: string,
): Promise<string> {
  const path = blobPath(repo, sha256);
  if ((await head(access, `https://${registry}${path}`))?.status === 200) return path;
  await step(`Registry: upload of ${repo}`, async () => {
    const opened = await send(access, "POST", `https://${registry}/v2/${repo}/blobs/uploads/`);
    const target = new URL(opened.headers.location ?? "", `https://${registry}`);
    target.searchParams.set("digest", `sha256:${sha256}`);
    await send(access, "PUT", `https://${registry}${target.pathname}${target.search}`, file);
  });
  return path;
}

/** A request with a file or nothing as its body. Throws unless the answer is a success. */
async function send(access: Access, method: string, url: string, file?: string): Promise<IncomingMessage> {
  const length = file === undefined ? 0 : (await stat(file)).size;
  return new Promise((done, failed) => {
    const headers = { "Content-Length": length, "Content-Type": "application/octet-stream" };
    const call = requestTo(access, method, url, headers, (answer) => {
      answer.resume();
      const status = answer.statusCode ?? 0;
      answer.on("end", () =>
        status < 300
          ? done(answer)
          : failed(
              new Error(
                `the lab's registry refused ${method} with ${status}: docker logs farmstack-lab-registry`,
              ),
            ),
      );
      answer.on("error", failed);
    });
    call.on("error", failed);
    if (file === undefined) call.end();
    else createReadStream(file).on("error", failed).pipe(call);
  });
}

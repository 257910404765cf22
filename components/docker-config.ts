/** What docker, skopeo and kubelets read a login for a registry from (`host[:port]`). */
export const dockerConfig = (address: string, username: string, password: string): string =>
  JSON.stringify({
    auths: { [address]: { auth: Buffer.from(`${username}:${password}`).toString("base64") } },
  });

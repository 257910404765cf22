/** A file that is put into a container before its first start. */
export interface Upload {
  /** Absolute path in the container. */
  file: string;
  /** Text; or else `contentBase64`. */
  content?: string;
  contentBase64?: string;
  /** Mode 0744 in the place of 0644. */
  executable?: boolean;
  /** Mode in octal, such as `0400`; stronger than `executable`. */
  permissions?: string;
  /** Numbers of the user and the group that it belongs to; the official plugin takes names as well. @default 0 */
  owner?: string;
  group?: string;
}

/**
 * A tar archive of the files for the archive call of Docker's API.
 * @param modified seconds since 1970
 */
export function uploadArchive(uploads: Upload[], modified = Math.floor(Date.now() / 1000)): Buffer {
  return Buffer.concat([...uploads.flatMap((upload) => entry(upload, modified)), Buffer.alloc(2 * block)]);
}

/** The mode of an uploaded file, by the official plugin's rules. */
export function uploadMode({ permissions, executable }: Upload): number {
  if (permissions) return parseInt(permissions, 8);
  return executable ? 0o744 : 0o644;
}

const block = 512;

function entry(upload: Upload, modified: number): Buffer[] {
  const content =
    upload.contentBase64 === undefined
      ? Buffer.from(upload.content ?? "", "utf8")
      : Buffer.from(upload.contentBase64, "base64");
  const padding = Buffer.alloc((block - (content.length % block)) % block);
  return [header(upload, content.length, modified), content, padding];
}

/** One header of the ustar format: fixed places for text and octal numbers. */
function header(upload: Upload, size: number, modified: number): Buffer {
  const header = Buffer.alloc(block);
  const text = (value: string, offset: number) => header.write(value, offset, "utf8");
  const octal = (value: number, offset: number, length: number) =>
    text(value.toString(8).padStart(length - 1, "0"), offset);
  const [prefix, name] = splitPath(upload.file.replace(/^\/+/, ""));

  text(name, 0);
  octal(uploadMode(upload), 100, 8);
  octal(id(upload.owner, "owner"), 108, 8);
  octal(id(upload.group, "group"), 116, 8);
  octal(size, 124, 12);
  octal(modified, 136, 12);
  text("0", 156); // a regular file
  text("ustar\u000000", 257);
  text(prefix, 345);

  text(" ".repeat(8), 148); // the sum is taken with spaces in its own place
  octal(
    header.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  header[154] = 0;
  return header;
}

function id(value: string | undefined, what: string): number {
  if (value !== undefined && !/^\d{1,6}$/.test(value))
    throw new Error(`uploads: the lab's stand-in takes numbers alone as ${what}, not ${value}`);
  return Number(value ?? 0);
}

/** Splits a path that is too long for the name's 100 bytes at a slash; the first part has room for 155. */
function splitPath(path: string): [prefix: string, name: string] {
  if (Buffer.byteLength(path) <= 100) return ["", path];
  const slash = path.indexOf("/", path.length - 101);
  const parts: [string, string] = [path.slice(0, slash), path.slice(slash + 1)];
  if (slash < 1 || Buffer.byteLength(parts[0]) > 155 || Buffer.byteLength(parts[1]) > 100)
    throw new Error(`uploads: the path /${path} is too long`);
  return parts;
}

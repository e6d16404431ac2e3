/**
 * Where the files beside the page are: recordings, graphs, models.
 *
 * As a rule a server has them. A page that is one file (`hrmkit site --single`, a notebook) carries
 * them inside, and its opening (single/opening.js) lays them out in `hrmkitFiles` before anything else
 * runs, in the page and in each of its workers. No address in such a page leads anywhere: what opens it
 * may forbid to connect, even to what is inside.
 */
export interface CarriedFile {
  /** Where a program of its own begins: a worker. */
  readonly address: string;
  readonly content: Blob;
}

declare global {
  /** What the page carries, by the path at which a server would have it. */
  var hrmkitFiles: Readonly<Record<string, CarriedFile>> | undefined;
}

/** Whether the page is one file that has all it needs with it: nobody answers, whatever is asked. */
export function isOneFile(): boolean {
  return globalThis.hrmkitFiles !== undefined;
}

/** Whether the page came with its recording alone, as in a notebook: there is nothing to compute with. */
export function onlyPlays(): boolean {
  const carried = globalThis.hrmkitFiles;
  return carried !== undefined && carried["graphs/index.json"] === undefined;
}

/** A folder beside the page, as `fetchFile` understands it in a worker too. */
export function folderBeside(name: string): string {
  return isOneFile() ? `${name}/` : new URL(`${name}/`, document.baseURI).href;
}

/** `fetch` for what is beside the page, or carried inside: by its path, or by the address that it has. */
export async function fetchFile(address: string, init: RequestInit = {}): Promise<Response> {
  const carried = globalThis.hrmkitFiles;
  if (!carried) return fetch(address, init);
  init.signal?.throwIfAborted();
  // The addresses that the build writes into the program are of the second kind.
  const file =
    carried[decodeURIComponent(address)] ??
    Object.values(carried).find((one) => one.address === address);
  return file ? new Response(file.content) : new Response(null, { status: 404 });
}

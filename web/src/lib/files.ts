/**
 * Where the files beside the page are: recordings, graphs, models.
 *
 * As a rule a server has them. A page that is one file (`hrmkit site --single`, a notebook) carries
 * them inside, and its opening lays them out in `hrmkitFiles` before anything else runs, in the page
 * and in each of its workers.
 */
export interface CarriedFile {
  /** Where the browser finds it. */
  readonly address: string;
  /** Its content; a worker has the address only. Reading it asks for no permission to connect. */
  readonly content?: Blob;
}

declare global {
  /** What the page carries, by the path at which a server would have it. */
  var hrmkitFiles: Readonly<Record<string, CarriedFile>> | undefined;
}

/** Whether the page is one file that has all it needs with it: nobody answers, whatever is asked. */
export function isOneFile(): boolean {
  return globalThis.hrmkitFiles !== undefined;
}

/** A folder beside the page, as `fetchFile` understands it in a worker too. */
export function folderBeside(name: string): string {
  return isOneFile() ? `${name}/` : new URL(`${name}/`, document.baseURI).href;
}

/** `fetch` for what is beside the page, or carried inside; what is not carried is not found. */
export async function fetchFile(address: string, init: RequestInit = {}): Promise<Response> {
  const carried = globalThis.hrmkitFiles;
  if (!carried) return fetch(address, init);
  init.signal?.throwIfAborted();
  const file = carried[decodeURIComponent(address)];
  if (!file) return new Response(null, { status: 404 });
  return file.content ? new Response(file.content) : fetch(file.address, init);
}

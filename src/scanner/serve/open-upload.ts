import { gunzipSync } from 'node:zlib';
import { BellwetherError } from '../../platform/index.ts';
import { isManifestPath } from '../files/find-files.ts';
import { type ArchivedFile, isTar, readTar } from './read-tar.ts';

const GZIP = [0x1f, 0x8b] as const;

const isGzip = (bytes: Uint8Array): boolean => GZIP.every((byte, i) => bytes[i] === byte);

const unpack = (bytes: Uint8Array, maxBytes: number): Uint8Array => {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new BellwetherError('too_large', `unpacked, the upload is larger than ${maxBytes} bytes`);
    throw new BellwetherError('invalid_input', 'the upload looks like gzip, but cannot be unpacked');
  }
};

/** The manifests of an upload: a text, a tar archive of such, either with gzip around it. Throws `invalid_input` and `too_large`. */
export const openUpload = (body: Uint8Array, file: string, maxBytes: number): readonly ArchivedFile[] => {
  const bytes = isGzip(body) ? unpack(body, maxBytes) : body;
  if (!isTar(bytes)) return [{ path: file, bytes }];
  // As in a folder: files of other programs lie beside manifests. Twice the same path: the later one counts, as when it is unpacked.
  const manifests = new Map(readTar(bytes).flatMap((one) => (isManifestPath(one.path) ? [[one.path, one] as const] : [])));
  if (manifests.size === 0) throw new BellwetherError('invalid_input', 'the archive has no .yaml, .yml or .json files');
  return [...manifests.values()];
};

const formField = (form: FormData, name: string): File | string | undefined => form.get(name) ?? undefined;

/** The file, or else the text, of the form on the page. Rejects with `invalid_input`. */
export const readForm = async (
  body: Uint8Array<ArrayBuffer>,
  type: string,
): Promise<{ readonly bytes: Uint8Array; readonly file: string }> => {
  let form: FormData;
  try {
    form = await new Response(body, { headers: { 'content-type': type } }).formData();
  } catch {
    throw new BellwetherError('invalid_input', 'the form cannot be read');
  }
  const file = formField(form, 'file');
  if (file instanceof File && file.size > 0) return { bytes: new Uint8Array(await file.arrayBuffer()), file: file.name };
  const text = formField(form, 'text');
  if (typeof text !== 'string' || text.trim() === '') throw new BellwetherError('invalid_input', 'choose a file, or paste a manifest');
  return { bytes: new TextEncoder().encode(text), file: 'pasted.yaml' };
};

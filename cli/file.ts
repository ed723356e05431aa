/** Files of the command line: every way they can fail to be what is needed has its own message. */
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fail } from './failure.ts';

const TEXT_BYTES_MAX = 16 << 20;

/** The text of a UTF-8 file. */
export function readText(path: string): string {
  const data = readBytes(path);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(data);
  } catch {
    return fail('C0104', { path });
  }
}

export function readBytes(path: string): Uint8Array {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    return failOn(path, error);
  }
  try {
    const stat = fstatSync(file);
    if (stat.isDirectory()) return fail('C0102', { path });
    if (stat.size > TEXT_BYTES_MAX) return fail('C0105', { path, bytesMax: TEXT_BYTES_MAX });
    return new Uint8Array(readFileSync(file));
  } catch (error) {
    return failOn(path, error);
  } finally {
    closeSync(file);
  }
}

/**
 * Writes beside the place and renames, so that a reader sees the old file or the whole new one. Links are followed, the
 * mode of an old file stays, and what is no file (such as `/dev/stdout`) is written to as it is.
 */
export function writeFile(path: string, content: string | Uint8Array): void {
  try {
    const old = statSync(path, { throwIfNoEntry: false });
    if (old === undefined) replaceFile(path, content, 0o666);
    else if (old.isFile()) replaceFile(realpathSync(path), content, old.mode & 0o777);
    else writeFileSync(path, content);
  } catch (error) {
    const folderMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    failOn(folderMissing ? dirname(path) : path, error);
  }
}

/** What an old file at the place may be, so that it is written over: nothing else is lost without being asked. */
export type Ours = (old: Uint8Array) => boolean;

export type OutputOptions = { readonly force: true | undefined; readonly ours?: Ours };

/** Like `writeFile`, and refuses to write over a file that is not one of `ours`, unless it is told to with `--force`. */
export function writeOutput(path: string, content: string | Uint8Array, options: OutputOptions): void {
  checkOutput(path, options);
  writeFile(path, content);
}

/** For commands that work before they write: refuses at once what `writeOutput` would refuse. */
export function checkOutput(path: string, { force, ours = () => false }: OutputOptions): void {
  const old = statSync(path, { throwIfNoEntry: false });
  const holdsSomething = old?.isFile() === true && old.size > 0;
  if (!force && holdsSomething && !ours(readBytes(path))) fail('C0110', { path });
}

function replaceFile(path: string, content: string | Uint8Array, mode: number): void {
  const beside = join(dirname(path), `.${basename(path)}.${process.pid}.new`);
  try {
    writeFileSync(beside, content, { mode });
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

/** Writes files into a folder, which is made where it is missing. */
export function writeFiles(
  folder: string,
  files: readonly (readonly [name: string, content: string])[],
): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    failOn(folder, error);
  }
  for (const [name, content] of files) writeFile(join(folder, name), content);
}

/** Writes a file that must not be there yet. */
export function writeNewFile(path: string, content: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, { flag: 'wx' });
  } catch (error) {
    failOn(path, error);
  }
}

function failOn(path: string, error: unknown): never {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR') return fail('C0101', { path });
  if (code === 'EISDIR') return fail('C0102', { path });
  if (code === 'EEXIST') return fail('C0106', { path });
  if (code === '') throw error;
  return fail('C0103', { path, reason: REASONS[code] ?? code });
}

const REASONS: { readonly [code: string]: string } = {
  EACCES: 'you are not allowed to',
  EPERM: 'you are not allowed to',
  EROFS: 'it is on a disk that can only be read',
  ENOSPC: 'the disk is full',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'its links go round in a circle',
};

/**
 * One node per directory. The lock is the operating system's (a file lock taken through SQLite, which Node brings
 * along and which knows each platform's way), so it is gone when its holder is, even after `kill -9`.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** May be released more than once. */
export type Lock = { release(): void };

const SQLITE_BUSY = 5;

/** Null when a node, in this process or another, holds the directory. The directory must exist. */
export function lockDirectory(directory: string): Lock | null {
  const database = new DatabaseSync(join(directory, 'lock'), { timeout: 0 });
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return null;
    throw error;
  }
  return {
    release() {
      if (database.isOpen) database.close();
    },
  };
}

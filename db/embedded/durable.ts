import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  existsSync,
  fchmodSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'

// A power cut may take every byte that was not synced, and every name whose folder was not synced. So a file is written whole under
// another name and synced before it gets its name, and each function here returns only when a power cut can no longer take its effect.

/** Writes a file. After a crash it has its old content or its new one. The mode does not depend on the umask. */
export function writeDurably(file: string, content: string, mode: number): void {
  withSyncedFile(file, content, mode, (written) => renameDurably(written, file))
}

/** Creates a file, unless there is one of that name. Of several processes, one succeeds, and the others leave its file as it is. */
export function createDurably(file: string, content: string, mode: number): void {
  withSyncedFile(file, content, mode, (written) => {
    try {
      linkSync(written, file)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
  })
  syncFolder(path.dirname(file))
}

export function renameDurably(from: string, to: string): void {
  renameSync(from, to)
  syncFolder(path.dirname(to))
}

/** Creates a folder and those above it that are missing. With a mode, each of them gets exactly this mode, whatever the umask is. */
export function makeFolder(folder: string, mode: number | null): void {
  if (existsSync(folder)) return
  const parent = path.dirname(folder)
  makeFolder(parent, mode)
  try {
    mkdirSync(folder)
  } catch (error) {
    // Another process has made it in the meantime.
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return
    throw error
  }
  if (mode !== null) chmodSync(folder, mode)
  syncFolder(parent)
}

/** Makes the names in a folder durable. Windows cannot sync a folder. */
export function syncFolder(folder: string): void {
  if (process.platform !== 'win32') syncFile(folder)
}

export function syncFile(file: string): void {
  const descriptor = openSync(file, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function withSyncedFile(file: string, content: string, mode: number, use: (written: string) => void): void {
  const written = `${file}.${randomBytes(4).toString('hex')}`
  try {
    const descriptor = openSync(written, 'wx', mode)
    try {
      writeFileSync(descriptor, content)
      fchmodSync(descriptor, mode)
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    use(written)
  } finally {
    rmSync(written, { force: true })
  }
}

import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'

// A power cut takes what was written and not yet synced. A killed process loses nothing of that, so these tests cannot kill one. Instead,
// they keep a record of what a power cut would take: a file that was written after its last fsync, and a name that was made or changed
// after the last fsync of its folder.

const disk = vi.hoisted(() => {
  const state = {
    open: new Map<number, string>(),
    contents: new Set<string>(),
    names: new Set<string>(),
    atStart: new Map<string, string[]>(),
  }
  const inside = (parent: string, file: string) => file === parent || file.startsWith(`${parent}/`)
  const move = (set: Set<string>, from: string, to: string) => {
    for (const file of [...set])
      if (inside(from, file)) {
        set.delete(file)
        set.add(to + file.slice(from.length))
      }
  }
  return {
    ...state,
    wrote: (file: string) => state.contents.add(file),
    named: (file: string) => state.names.add(file),
    removed: (file: string) => {
      for (const set of [state.contents, state.names]) for (const each of [...set]) if (inside(file, each)) set.delete(each)
    },
    renamed: (from: string, to: string) => {
      for (const set of [state.contents, state.names]) move(set, from, to)
      state.names.delete(to)
      state.names.add(to)
    },
    synced: (target: string, parentOf: (file: string) => string) => {
      state.contents.delete(target)
      for (const name of [...state.names]) if (parentOf(name) === target) state.names.delete(name)
    },
    atRisk: () => [...new Set([...state.contents, ...state.names])].sort(),
  }
})

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>()
  const { dirname } = await import('node:path')
  const recorded: Partial<typeof fs> = {
    openSync: (file, flags, mode) => {
      const made = !fs.existsSync(file)
      const descriptor = fs.openSync(file, flags, mode)
      disk.open.set(descriptor, String(file))
      if (made) disk.named(String(file))
      return descriptor
    },
    closeSync: (descriptor) => {
      disk.open.delete(descriptor)
      fs.closeSync(descriptor)
    },
    writeFileSync: (file, data, options) => {
      const name = typeof file === 'number' ? (disk.open.get(file) ?? '') : String(file)
      if (!fs.existsSync(name)) disk.named(name)
      fs.writeFileSync(file, data, options)
      disk.wrote(name)
    },
    fsyncSync: (descriptor) => {
      fs.fsyncSync(descriptor)
      disk.synced(disk.open.get(descriptor) ?? '', dirname)
    },
    renameSync: (from, to) => {
      fs.renameSync(from, to)
      disk.renamed(String(from), String(to))
    },
    linkSync: (from, to) => {
      fs.linkSync(from, to)
      disk.named(String(to))
    },
    rmSync: (file, options) => {
      fs.rmSync(file, options)
      disk.removed(String(file))
    },
  }
  const mkdirSync = (folder: string, options: object) => {
    const missing: string[] = []
    for (let each = folder; !fs.existsSync(each); each = dirname(each)) missing.push(each)
    const made = fs.mkdirSync(folder, options)
    for (const each of missing) disk.named(each)
    return made
  }
  const mkdtempOf = (prefix: string) => {
    const folder = fs.mkdtempSync(prefix)
    disk.named(folder)
    return folder
  }
  const all = { ...fs, ...recorded, mkdirSync, mkdtempSync: mkdtempOf }
  return { ...all, default: all }
})

vi.mock('node:child_process', async (original) => {
  const processes = await original<typeof import('node:child_process')>()
  const spawn = (program: string, args: string[], options: object) => {
    if (program.endsWith('/postgres')) disk.atStart.set(program, disk.atRisk())
    return processes.spawn(program, args, options)
  }
  return { ...processes, spawn, default: { ...processes, spawn } }
})

const { startEmbedded } = await import('@/db/embedded/server')

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cairn-durable-'))
  chmodSync(folder, 0o755)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))
beforeEach(() => {
  disk.names.clear()
  disk.contents.clear()
  disk.atStart.clear()
})

/** What a power cut at the moment at which PostgreSQL is started would take, except for its log. */
const lost = () => [...disk.atStart.values()].flat().filter((file) => !file.endsWith('postgres.log'))

describe.sequential('a power cut', () => {
  it('after the first start of PostgreSQL takes no file and no folder of the cluster [H3]', async () => {
    const dataDir = path.join(folder, 'new', 'data')
    const server = await startEmbedded(dataDir)
    await server.stop()
    expect(disk.atStart.size).toBe(1)
    expect(lost()).toEqual([])
    expect(existsSync(path.join(dataDir, 'postgres', 'passwords.json'))).toBe(true)
  })

  it('after new passwords were made does not take them [H3]', async () => {
    const dataDir = path.join(folder, 'new', 'data')
    rmSync(path.join(dataDir, 'postgres', 'passwords.json'))
    const server = await startEmbedded(dataDir)
    await server.stop()
    expect(disk.atStart.size).toBe(1)
    expect(lost()).toEqual([])
  })
})

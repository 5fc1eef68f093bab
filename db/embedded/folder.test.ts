import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'

/** The code with which every attempt to write below `at` fails, as the system would answer it. */
const fault = vi.hoisted(() => ({ code: '', at: '' }))

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>()
  const fail = (name: string, file: unknown) => {
    if (fault.code && String(file).startsWith(fault.at))
      throw Object.assign(new Error(`${fault.code}: ${name} '${file}'`), { code: fault.code, syscall: name, path: file })
  }
  const faulty: Partial<typeof fs> = {
    openSync: (file, flags, mode) => {
      if (flags !== 'r') fail('open', file)
      return fs.openSync(file, flags, mode)
    },
    renameSync: (from, to) => {
      fail('rename', to)
      fs.renameSync(from, to)
    },
  }
  const mkdtemp = (prefix: string) => {
    fail('mkdtemp', prefix)
    return fs.mkdtempSync(prefix)
  }
  const all = { ...fs, ...faulty, mkdtempSync: mkdtemp }
  return { ...all, default: all }
})

const { findEmbedded, startEmbedded } = await import('@/db/embedded/server')

let folder: string
let dataDir: string

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cairn-folder-'))
  chmodSync(folder, 0o755)
  dataDir = path.join(folder, 'data')
  const server = await startEmbedded(dataDir)
  await server.stop()
})
afterEach(() => {
  fault.code = ''
})
afterAll(async () => {
  await (await findEmbedded(dataDir))?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const anotherFolder = /choose another folder/

describe.sequential('a start says which data folder is at fault, and what helps,', () => {
  const words = { EROFS: 'mounted read-only', ENOSPC: 'is full', EACCES: 'belongs to another user', EIO: 'Check the disk' }

  for (const [code, word] of Object.entries(words)) {
    it(`if an existing one answers ${code}`, async () => {
      Object.assign(fault, { code, at: dataDir })
      await expect(startEmbedded(dataDir)).rejects.toThrow(new RegExp(`${dataDir} .*${word}`))
      expect(await findEmbedded(dataDir)).toBeNull()
    })

    it(`if a new one answers ${code}`, async () => {
      const other = path.join(folder, 'other')
      Object.assign(fault, { code, at: other })
      await expect(startEmbedded(other)).rejects.toThrow(new RegExp(`${other} .*${word}`))
    })
  }

  it('if it is a file', async () => {
    const file = path.join(folder, 'file')
    writeFileSync(file, '')
    await expect(startEmbedded(file)).rejects.toThrow(new RegExp(`${file} is not a folder`))
    await expect(startEmbedded(path.join(file, 'below'))).rejects.toThrow(anotherFolder)
  })

  it('if it holds no cluster', async () => {
    const { data } = { data: path.join(dataDir, 'postgres', 'data') }
    renameSync(data, `${data}.away`)
    await expect(startEmbedded(dataDir)).rejects.toThrow(new RegExp(`${dataDir} is damaged.*Restore a backup`))
    renameSync(`${data}.away`, data)
  })

  it('if PostgreSQL finds it damaged, and leaves no PostgreSQL behind', async () => {
    const control = path.join(dataDir, 'postgres', 'data', 'global', 'pg_control')
    const kept = `${control}.kept`
    const { size } = statSync(control)
    spawnSync('cp', ['-p', control, kept])
    truncateSync(control, 100)
    truncateSync(control, size)
    await expect(startEmbedded(dataDir)).rejects.toThrow(new RegExp(`did not start in ${dataDir}.*[\\s\\S]*restore a backup`))
    expect(await findEmbedded(dataDir)).toBeNull()
    renameSync(kept, control)
    const server = await startEmbedded(dataDir)
    await server.stop()
    expect(await findEmbedded(dataDir)).toBeNull()
  })

  it.runIf(process.getuid?.() === 0)('if another user created it', () => {
    const script = `import { startEmbedded } from '@/db/embedded/server'
      void startEmbedded(${JSON.stringify(dataDir)}).catch((error) => console.log(error.message))`
    const nobody = { uid: 65534, gid: 65534 }
    const home = path.join(folder, 'home')
    mkdirSync(home, { mode: 0o755 })
    const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
      ...nobody,
      encoding: 'utf8',
      env: { ...process.env, HOME: home },
    })
    expect(stdout + stderr).toMatch(new RegExp(`${dataDir} belongs to another user`))
  })
})

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

const root = path.resolve(import.meta.dirname, '..')

/** The rows of the tables of RULES.md: the id of a rule, and the files where it is kept. */
const rules = [...readFileSync(path.join(root, 'lib/domain/RULES.md'), 'utf8').matchAll(/^\| ([A-Z]\d) \|.*\| ([^|]*) \|$/gm)].map(
  ([, id = '', where = '']) => ({ id, files: [...where.matchAll(/`([\w/-]+\.ts)`/g)].map(([, file = '']) => file) }),
)

const testsIn = (folder: string): string[] =>
  readdirSync(path.join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(test|spec)\.tsx?$/.test(entry.name))
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'utf8'))

describe('RULES.md', () => {
  it('has the rules of the product', () => {
    expect(rules.length).toBeGreaterThan(15)
  })

  it('names files that exist', () => {
    const missing = rules.flatMap(({ id, files }) =>
      files
        .filter((file) => !['lib/domain', 'lib', ''].some((folder) => existsSync(path.join(root, folder, file))))
        .map((file) => `${id}: ${file}`),
    )
    expect(missing).toEqual([])
  })

  it('has a test for each rule, whose title cites its id', () => {
    const tests = ['components', 'cli', 'db', 'e2e', 'lib'].flatMap(testsIn).join('\n')
    expect(rules.map(({ id }) => id).filter((id) => !tests.includes(`[${id}]`))).toEqual([])
  })
})

import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseAst } from 'vitest/node'

/**
 * The rooms of ARCHITECTURE.md, and what each may import besides itself. A path means the file of that name and everything in the
 * folder of that name. `type` before a path allows type imports only.
 */
const arrows: Record<string, readonly string[]> = {
  'lib/domain': [],
  'lib/env': [],
  'lib/log': [],
  'lib/origin': [],
  'lib/plain-page': [],
  db: ['lib/domain', 'lib/env', 'lib/log'],
  // Of the credentials, only the form of a key's secret, which an operation makes.
  'lib/operations': [
    'lib/auth/key',
    'lib/domain',
    'lib/log',
    'db/instance',
    'type db/feed',
    'type db/lane',
    'type db/waits',
    'db/read',
    'db/queries',
  ],
  'lib/auth': ['lib/domain', 'lib/log', 'lib/origin', 'lib/plain-page', 'db/client', 'db/instance', 'db/queries', 'db/read', 'db/sign-in'],
  'lib/transport': [
    'lib/auth',
    'lib/domain',
    'lib/log',
    'lib/origin',
    // Only the list of operations and their execution, because a transport knows no single operation by name.
    'lib/operations/index',
    'lib/operations/define',
    'lib/operations/execute',
    'lib/operations/follow',
    'db/client',
    'db/instance',
    'db/sign-in',
    // Only for the version.
    'package',
  ],
  'lib/client': ['lib/domain'],
  // The wider room imports the narrower one, and never the other way round.
  'components/ui': roomOfScreens(),
  'components/shell': roomOfScreens('ui'),
  'components/status': roomOfScreens('ui'),
  'components/git': roomOfScreens('ui'),
  // What it shows is made from the description of the calls.
  'components/docs': ['components/shell/logo', 'type lib/transport/docs'],
  'components/graph': roomOfScreens('ui', 'status', 'git'),
  'components/activity': roomOfScreens('ui', 'git'),
  'components/proposal': roomOfScreens('ui', 'status', 'git'),
  'components/plan': roomOfScreens('ui', 'status', 'graph'),
  'components/checkpoint': roomOfScreens('ui', 'status', 'git', 'activity', 'proposal', 'plan'),
  'components/milestone': roomOfScreens('ui', 'status', 'graph', 'plan', 'checkpoint'),
  'components/group': roomOfScreens('ui', 'status'),
  'components/key': roomOfScreens('ui', 'status'),
  'components/agent': roomOfScreens('ui', 'status', 'key'),
  'components/project': roomOfScreens('ui', 'status', 'activity', 'plan', 'checkpoint', 'milestone', 'group'),
  'components/settings': roomOfScreens('ui', 'status', 'key'),
  'components/account': roomOfScreens('ui', 'status'),
  'app/actions': ['lib/operations', 'lib/transport'],
  app: ['app/actions', 'components', 'lib/auth', 'lib/client', 'lib/operations', 'lib/transport', 'db/instance'],
  'lib/boot': ['lib/auth', 'lib/domain', 'lib/env', 'lib/log', 'lib/operations', 'lib/transport', 'db'],
  front: ['lib/log', 'lib/origin', 'lib/plain-page'],
  tools: ['lib/env', 'db'],
  // The command line is handed out as one script, so it has nothing of ours but itself.
  'cli/cairn': [],
  cli: ['lib/auth', 'lib/domain', 'lib/env', 'lib/operations', 'db', 'tools'],
  top: ['lib/boot', 'lib/env', 'lib/log', 'type lib/origin', 'front', 'tools'],
  'lib/testing': ['lib/auth', 'lib/domain', 'lib/env', 'lib/operations', 'lib/transport', 'db', 'front', 'tools'],
  bench: ['lib/auth', 'lib/domain', 'lib/env', 'lib/operations', 'lib/testing', 'lib/transport', 'db', 'tools'],
  e2e: ['start', 'tools', 'lib/testing'],
  test: ['everything'],
}

/** Besides narrower rooms, each room of components may import server actions: calling one sends a request to the server. */
function roomOfScreens(...narrower: string[]): string[] {
  return [...narrower.map((room) => `components/${room}`), 'lib/client', 'lib/domain', 'app/actions']
}

/** Files whose room is not their folder. Besides, every test is in the room `test`, and every file in no folder is in the room `top`. */
const roomsOfFiles: Record<string, string> = {
  'app/actions.ts': 'app/actions',
  'lib/env.mjs': 'lib/env',
  'lib/log.mjs': 'lib/log',
  'lib/origin.mjs': 'lib/origin',
  'lib/plain-page.mjs': 'lib/plain-page',
  'lib/boot.ts': 'lib/boot',
  'lib/demo.ts': 'lib/boot',
  'lib/mail.ts': 'lib/boot',
}

const root = path.resolve(import.meta.dirname, '..')
const generated = new Set(['node_modules', 'test-results', 'playwright-report', 'next-env.d.ts'])
const isTest = (file: string) => /\.test\.tsx?$/.test(file)
const files = listFiles('').sort()

describe('the architecture', () => {
  it('has a room for every file', () => {
    expect(files.length).toBeGreaterThan(250)
    expect(files.filter((file) => roomOf(file) === null)).toEqual([])
  })

  it('has no import against its arrows', () => {
    expect(files.flatMap((file) => findImports(file).flatMap((found) => judge(file, found) ?? []))).toEqual([])
  })

  it('recognises SQL statements and takes no sentence for one', () => {
    const statements = [
      'select from groups',
      'SELECT 1 AS one',
      'select pg_notify($1)',
      '\n  update plans set x = 1',
      'begin isolation level x',
    ]
    const sentences = [
      'Select one from the list',
      'select',
      'selected',
      'update',
      'Update the set',
      'with care',
      'begin',
      'A select from x',
    ]
    expect(statements.filter((text) => !isSql(text))).toEqual([])
    expect(sentences.filter(isSql)).toEqual([])
  })

  it('has no SQL outside db', () => {
    const mayHaveSql = ['db', 'bench', 'lib/testing', 'test']
    const others = files.filter((file) => !mayHaveSql.includes(roomOf(file) ?? ''))
    expect(others.flatMap((file) => findSql(file).map((text) => `${file} has SQL, which belongs in db: ${text}`))).toEqual([])
  })
})

type Import = { specifier: string | null; typeOnly: boolean }

/** What is wrong with an import, or null. */
function judge(file: string, { specifier, typeOnly }: Import): string | null {
  if (specifier === null) return `${file} imports what only running it tells: write the path as a literal`
  if (!/^(\.|@\/|\/)/.test(specifier)) return null
  const target = resolve(file, specifier)
  if (target === null) return `${file} imports '${specifier}', and there is no such file`
  const room = roomOf(file) ?? ''
  const allowed = arrows[room] ?? []
  if (allowed.includes('everything')) return null
  if (room === roomOf(target)) return null
  if (!isTest(target) && allowed.some((arrow) => leadsTo(arrow, target, typeOnly))) return null
  const rule = allowed.length === 0 ? 'imports itself only' : `may import itself, ${allowed.join(', ')}`
  return `${file} imports ${typeOnly ? 'the types of ' : ''}'${specifier}' (${target}), but ${room} ${rule}`
}

function leadsTo(arrow: string, target: string, typeOnly: boolean): boolean {
  if (arrow.startsWith('type ')) return typeOnly && leadsTo(arrow.slice('type '.length), target, typeOnly)
  return target.replace(/\.\w+$/, '') === arrow || target.startsWith(`${arrow}/`)
}

function resolve(file: string, specifier: string): string | null {
  const wanted = specifier.startsWith('@/') ? specifier.slice(2) : path.join(path.dirname(file), specifier)
  const candidates = ['', '.ts', '.tsx', '.d.ts', '/index.ts', '/index.tsx'].map((end) => wanted + end)
  return candidates.find((name) => statSync(path.join(root, name), { throwIfNoEntry: false })?.isFile()) ?? null
}

function roomOf(file: string): string | null {
  if (isTest(file)) return 'test'
  if (!file.includes('/')) return 'top'
  return roomsOfFiles[file] ?? Object.keys(arrows).find((room) => file.startsWith(`${room}/`)) ?? null
}

/** Lists our source files. It does not ask git, because an unpacked archive has no repository. */
function listFiles(folder: string): string[] {
  const entries = readdirSync(path.join(root, folder), { withFileTypes: true })
  return entries.flatMap((entry) => {
    if (entry.name.startsWith('.') || generated.has(entry.name)) return []
    const name = path.join(folder, entry.name)
    if (entry.isDirectory()) return listFiles(name)
    return /\.(ts|tsx|mts|js|mjs|cjs)$/.test(name) ? [name] : []
  })
}

function findImports(file: string): Import[] {
  const text = readFileSync(path.join(root, file), 'utf8')
  const found: Import[] = []
  for (const node of parse(file, text)) {
    const source = sourceOf(node)
    if (source === undefined) continue
    const typeOnly = node.type === 'TSImportType' || node.importKind === 'type' || node.exportKind === 'type'
    found.push({ specifier: isNode(source) && typeof source.value === 'string' ? source.value : null, typeOnly })
  }
  // Plain JavaScript imports types in its comments.
  for (const [comment] of file.endsWith('.mjs') ? text.matchAll(/\/\*\*.*?\*\//gs) : []) {
    for (const [, specifier = ''] of comment.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g)) found.push({ specifier, typeOnly: true })
  }
  return found
}

/** The module that an import or a re-export names, and undefined for every other node. */
function sourceOf(node: Node): unknown {
  if (node.type === 'TSExternalModuleReference') return node.expression
  if (node.type === 'ExportNamedDeclaration') return node.source ?? undefined
  return /^(ImportDeclaration|ExportAllDeclaration|ImportExpression|TSImportType)$/.test(String(node.type)) ? node.source : undefined
}

const sql = new RegExp(
  [
    String.raw`select\b[^]*?(\bfrom\s+\S|\bas\s+\w|\w\()`,
    String.raw`insert\s+into\b|update\s+\S+\s+set\b|delete\s+from\b|with\s+(recursive\s+)?\w+\s+as\s*\(`,
    String.raw`(create|alter|drop|truncate)\s+(table|database|role|index|schema|extension)\b|grant\s|revoke\s`,
    String.raw`(begin|start)\s+(transaction|isolation)\b|set\s+(local|session|transaction)\b|lock\s+table\b`,
  ]
    .map((form) => `^\\s*(${form})`)
    .join('|'),
)

/** SQL keywords are in lower case or in capitals. A sentence for people begins with one capital letter and does not match. */
function isSql(text: string): boolean {
  return sql.test(/^\s*[A-Z]+\b/.test(text) ? text.toLowerCase() : text)
}

function findSql(file: string): string[] {
  const texts = parse(file, readFileSync(path.join(root, file), 'utf8')).map(textOf)
  return texts.filter(isSql).map((text) => text.trim().replace(/\s+/g, ' ').slice(0, 80))
}

/** The text of a string or a template, with a question mark for each value in it. */
function textOf(node: Node): string {
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value
  if (node.type !== 'TemplateLiteral' || !Array.isArray(node.quasis)) return ''
  return node.quasis.map((part: { value: { raw: string } }) => part.value.raw).join('?')
}

type Node = Record<string, unknown>

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null
}

const parsed = new Map<string, Node[]>()

/** Every node of the file's syntax tree. */
function parse(file: string, text: string): Node[] {
  const nodes = parsed.get(file) ?? []
  if (nodes.length > 0) return nodes
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item)
    else if (isNode(value)) {
      nodes.push(value)
      for (const child of Object.values(value)) visit(child)
    }
  }
  visit(parseAst(text, { lang: file.endsWith('.tsx') ? 'tsx' : 'ts' }))
  parsed.set(file, nodes)
  return nodes
}

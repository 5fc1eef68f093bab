import { beforeAll, describe, expect, it } from 'vitest'
import { readInput, readLine, requestFor } from '@/cli/cairn/arguments.mjs'
import { callsOf, findCall } from '@/cli/cairn/document.mjs'
import { PROBLEM_CODES } from '@/lib/domain/errors'
import { OPERATIONS } from '@/lib/operations'
import { parseInput } from '@/lib/operations/input'
import { describeInput, fromQuery, isRecord, schemaAt } from '../leniency'
import { openApi } from '../openapi'
import { STATUS } from '../problem'
import { match } from '../router'
import { fieldOf } from './fields'
import { guideFor } from './guide'
import { markdownOf } from './markdown'
import { type Call, type Reference, referenceFor } from './reference'

const ORIGIN = 'https://cairn.test'

const reference: Reference = referenceFor(ORIGIN)
const calls = reference.nouns.flatMap((noun) => noun.calls)
const routes = OPERATIONS.flatMap((operation) => operation.routes.map((route) => [route, operation] as const))

const callOf = (route: string): Call =>
  calls.find(({ method, path }) => `${method} ${path.replace(/\{(\w+)\}/g, ':$1')}` === route) ?? expect.fail(`${route} is missing`)

/** The request that a curl command makes. */
const requestIn = (command: string) => {
  const [, url = ''] = /^curl -\w (?:-X \w+ )?'?(https:[^\s']+)'? \\\n/.exec(command) ?? []
  const [, sent] = / -d '([\s\S]*)'$/.exec(command) ?? []
  const [, method = sent === undefined ? 'GET' : 'POST'] = /-X (\w+)/.exec(command) ?? []
  const body: unknown = sent === undefined ? {} : JSON.parse(sent)
  return { method, url: new URL(url), body: isRecord(body) ? body : {} }
}

describe('the reference', () => {
  it('has every call, each under the noun of its path', () => {
    expect(calls.map(({ name }) => name).sort()).toEqual(routes.map(([, { name }]) => name).sort())
    expect(reference.nouns.filter((noun) => noun.calls.length === 0)).toEqual([])
    const nounOf = (name: string) => reference.nouns.find((noun) => noun.calls.some((call) => call.name === name))?.noun
    expect(nounOf('claim_next')).toBe('checkpoints')
    expect(nounOf('list_project_milestones')).toBe('milestones')
    expect(nounOf('get_project_graph')).toBe('projects')
    expect(nounOf('wait_for')).toBe('events')
  })

  it.each(routes)('says of %s what it does, takes and answers, and every refusal', (route, operation) => {
    const { summary, parameters, body, answer, refusals, needs } = callOf(route)
    expect(summary.length).toBeGreaterThan(10)
    expect(needs).toMatch(/^[A-Z].*\.$/)
    const fields = Object.keys(schemaAt(describeInput(operation.input), []).properties ?? {})
    expect(
      [...parameters, ...body]
        .filter(({ depth }) => depth === 0)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(fields.sort())
    expect([...parameters, ...body, ...answer.fields].filter(({ description }) => description === '').map(({ path }) => path)).toEqual([])
    expect(answer.objects.length + answer.fields.length).toBeGreaterThan(0)
    const told = [...refusals, ...reference.common.calls, ...(operation.kind === 'mutation' ? reference.common.changes : [])]
    for (const code of operation.errors) expect(told).toContain(code)
  })

  it('says of every field of every object what it means', () => {
    const silent = reference.objects.flatMap(({ name, fields }) =>
      fields.filter(({ description }) => description === '').map(({ path }) => `${name}.${path}`),
    )
    expect(silent).toEqual([])
    const known = new Set(reference.objects.map(({ name }) => name))
    for (const { answer } of calls) for (const name of answer.objects) expect(known).toContain(name)
  })

  it('tells the refusals of all calls and of all changes once', () => {
    expect(reference.common.calls).toEqual(expect.arrayContaining(['malformed', 'unauthenticated', 'invalid', 'not_found', 'forbidden']))
    expect([...reference.common.changes].sort()).toEqual(['idempotency_mismatch', 'too_large', 'unsupported_media_type'])
    expect(callOf('POST /milestones/:milestone_id/checkpoints/:order/complete').refusals).toEqual(
      expect.arrayContaining(['blocked', 'claimed', 'claim_lost', 'consensus_required', 'version_mismatch', 'invalid_url']),
    )
  })

  it('explains every code, with its status, an example of it, and what to do', () => {
    expect(reference.codes.map(({ code }) => code)).toEqual([...PROBLEM_CODES])
    for (const { code, status, cause, remedy, example } of reference.codes) {
      expect(status, code).toBe(STATUS[code as keyof typeof STATUS])
      expect(cause, code).toMatch(/^[A-Z`].*\.$/)
      expect(remedy, code).toMatch(/^[A-Z`].*\.$/)
      expect(JSON.parse(example), code).toMatchObject({ success: false, error: code })
      // What it says to do next must never loosen a plan or destroy something (P1).
      expect(remedy, code).not.toMatch(/withdraw_|delete_|cascade|reopen_|milestones:relax|[Rr]emove/)
    }
  })

  it('shows of every object an example with exactly its fields', () => {
    for (const { name, fields, example } of reference.objects) {
      const own = fields.filter(({ depth }) => depth === 0).map(({ path }) => path)
      expect(Object.keys(JSON.parse(example)), name).toEqual(own)
    }
  })

  it('shows examples of objects that their schemas accept', () => {
    const examples = new Map(reference.objects.map(({ name, example }) => [name, JSON.parse(example)]))
    const told = OPERATIONS.map(({ name, output }) => ({
      name,
      output,
      object: calls.find((call) => call.name === name)?.answer.objects[0],
    }))
    const named = told.filter(({ object }) => object !== undefined)
    expect(named.length).toBeGreaterThan(20)
    for (const { name, output, object } of named) expect(output.safeParse(examples.get(object ?? '')).error, name).toBe(undefined)
  })

  it('has no anchor twice', () => {
    const ids = [
      ...guideFor(ORIGIN).map(({ id }) => id),
      ...reference.nouns.map(({ noun }) => noun),
      ...calls.map(({ name }) => name),
      ...reference.objects.map(({ name }) => name),
      ...PROBLEM_CODES.map((code) => `code-${code}`),
      ...['content', 'contents', 'objects', 'codes', 'refusals', 'in-curl', 'in-typescript', 'in-mcp', 'in-shell'],
    ]
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([])
  })
})

describe('an example', () => {
  it.each(routes)('with curl of %s is a call that the operation takes', (route, operation) => {
    const { method, url, body } = requestIn(callOf(route).snippets.curl)
    const found = match(method, url.pathname.replace('/api', ''))
    expect(found.operation.name).toBe(operation.name)
    const input = { ...found.params, ...fromQuery(operation.input, Object.fromEntries(url.searchParams)), ...body }
    expect(() => parseInput(operation.input, input)).not.toThrow()
    expect(url.search === '' || method === 'GET' || method === 'DELETE').toBe(true)
  })

  it('of a change changes something', () => {
    for (const { method, name, snippets } of calls)
      if (method === 'PATCH') expect(Object.keys(requestIn(snippets.curl).body).length, name).toBeGreaterThan(0)
  })

  it.each(routes.filter(([, { kind }]) => kind !== 'stream'))(
    'over MCP of %s has the names of the tool and of its arguments',
    (route, operation) => {
      const { mcp } = callOf(route).snippets
      if (mcp === null) {
        expect(operation.secret).toBe(true)
        return
      }
      const cut = mcp.indexOf(' ')
      const { group, ...rest } = JSON.parse(mcp.slice(cut))
      expect(mcp.slice(0, cut)).toBe(operation.name)
      expect(Object.keys(rest)).not.toContain('group_id')
      expect(() => parseInput(operation.input, group === undefined ? rest : { ...rest, group_id: group })).not.toThrow()
    },
  )

  it.each(routes)('on the command line of %s is understood as the same request', async (route) => {
    const { shell, curl } = callOf(route).snippets
    const [line = '', typed] = shell.split(/ <<'JSON'\n|\nJSON$/)
    const [program, ...words] = [...line.replaceAll('\\\n', ' ').matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => quoted ?? word)
    expect(program).toBe('cairn')
    const { command, rest, options } = readLine(words)
    expect(options.body).toBe(typed === undefined ? undefined : '-')
    const call = findCall(callsOf(openApi(ORIGIN)), command ?? '') ?? expect.fail(`${command} is no call`)
    const { input } = await readInput(call, rest, () => expect.fail('the group is missing'))
    const { method, path, body = '{}' } = requestFor(call, { ...input, ...(typed === undefined ? {} : JSON.parse(typed)) })
    const wanted = requestIn(curl)
    const url = new URL(path, ORIGIN)
    expect({ method, path: url.pathname, query: Object.fromEntries(url.searchParams), body: JSON.parse(body) }).toEqual({
      method: wanted.method,
      path: wanted.url.pathname,
      query: Object.fromEntries(wanted.url.searchParams),
      body: wanted.body,
    })
  })

  it('on the command line has the short form of its call', () => {
    expect(callOf('POST /milestones/:milestone_id/checkpoints/:order/complete').snippets.shell).toMatch(/^cairn complete ms_\w+ 3 /)
  })

  it('in TypeScript sends what the one with curl sends', () => {
    for (const { name, snippets } of calls) {
      const { method, url, body } = requestIn(snippets.curl)
      const sent = JSON.stringify(snippets.typescript)
      expect(snippets.typescript, name).toContain(`await fetch('${url}'`)
      if (method !== 'GET') expect(snippets.typescript, name).toContain(`method: '${method}'`)
      for (const field of Object.keys(body)) expect(sent, name).toContain(`${field}: `)
    }
  })
})

describe('the text for agents', () => {
  const text = markdownOf(reference)

  it('has every call, object and code as a heading', () => {
    for (const { name } of [...calls, ...reference.objects]) expect(text).toContain(`\n### ${name}\n`)
    for (const code of PROBLEM_CODES) expect(text).toContain(`\n### ${code} (${STATUS[code]})\n`)
    for (const { title } of guideFor(ORIGIN)) expect(text).toContain(`\n## ${title}\n`)
  })

  it('has balanced fences', () => {
    expect((text.match(/^```/gm) ?? []).length % 2).toBe(0)
    expect(text).not.toContain('undefined')
  })
})

describe('a field', () => {
  it('says its type, bounds and default in words, with what is in it', () => {
    const rows = fieldOf(
      {
        type: 'array',
        maxItems: 500,
        items: {
          type: 'object',
          required: ['n'],
          properties: { n: { anyOf: [{ type: 'integer', minimum: 1, maximum: 9 }, { type: 'null' }] } },
        },
      },
      'steps',
      0,
      true,
    )
    expect(rows).toMatchObject([
      { path: 'steps', depth: 0, type: ['list of ', 'objects'], bounds: 'up to 500 entries', required: true },
      { path: 'steps[].n', depth: 1, type: ['whole number', ' or ', 'null'], bounds: '1 to 9', required: true },
    ])
    const [row] = fieldOf({ enum: ['a', 'b', 'c'], default: 'a' }, 'kind', 0, true)
    expect(row).toMatchObject({ type: ['a', ', ', 'b', ' or ', 'c'], fallback: '"a"', required: false })
    const [named] = fieldOf({ type: 'array', items: { $ref: '#/components/schemas/Checkpoint' } }, 'all', 0, false)
    expect(named?.type).toEqual(['list of ', 'Checkpoint'])
  })
})

describe('the description', () => {
  let document: Record<string, unknown>

  beforeAll(() => {
    document = openApi(ORIGIN)
  })

  it('names the public address of the instance, and never a secret', () => {
    const text = JSON.stringify(document)
    expect(text).toContain(`${ORIGIN}/docs/api`)
    expect(text).not.toMatch(/sk_live_\w/)
  })
})

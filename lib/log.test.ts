import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

const file = path.join(import.meta.dirname, 'log.mjs')

/** Runs code in a process of its own, in which `log` and `guardOutput` are there, and returns what the process prints, line by line. */
function run(code: string): { lines: string[]; text: string; status: number | null } {
  const start = `import { guardOutput, log } from ${JSON.stringify(file)}\n`
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '--eval', start + code], { encoding: 'utf8' })
  const text = stdout + stderr
  return { text, status, lines: text.split('\n').filter((line) => line !== '') }
}

/** The entries that a code writes. Each must be one line of JSON of a bounded length, with none of the characters that steer a terminal. */
function entries(code: string) {
  const { lines, text } = run(code)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must not occur
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/)
  return lines.map((line) => {
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(4_096)
    return JSON.parse(line)
  })
}

const HOSTILE = 'x\nSign in once\r\u001b[31m\u0007\u0000\u0085\u009b2J\u2028\u2029\u202e\u2066\u200b\u200f\ufeff\ud800'

const SECRETS = [
  'sk_live_u_abcdefghijklmnopqrstuvwxyz234567abcdef',
  '2x5IBUuWTVoAJIveQj3IOzko1NVcWWJV',
  'qv2kz7yqv2kz7yqv2kz7yqv2kz7y2345',
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  'postgres://cairn:hunter2@127.0.0.1:5432/cairn',
  'https://me:hunter2@example.com/x',
  'Authorization: Bearer abc.def.ghi',
  'cookie: cairn.session_token=abc.def; other=hunter2',
  'http://127.0.0.1:3000/auth/magic-link/verify?token=hunter2&x=1',
  'token=hunter2',
  '{"password":"hunter2"}',
  'api_key: hunter2',
]

const hidden = /hunter2|abc\.def|sk_live_u|2x5IB|qv2kz|e3b0c/

describe('an entry', () => {
  it('has its time, its level, a sentence and facts', () => {
    const [entry] = entries("log.warn('A disk is full.', undefined, { free: 0, request_id: '2e9147ec-3ef8-44eb-a7a7-aa73056e956f' })")
    expect(entry).toEqual({
      time: expect.stringMatching(/^\d{4}-/),
      level: 'warn',
      message: 'A disk is full.',
      free: 0,
      request_id: '2e9147ec-3ef8-44eb-a7a7-aa73056e956f',
    })
  })

  it('is one line, in which every character is escaped that could forge another one or steer a terminal', () => {
    const text = JSON.stringify(HOSTILE)
    const found = entries(`guardOutput()
      log.error(${text}, new Error(${text}), { fact: ${text} })
      console.error(${text}); console.warn('%s', ${text}); console.error('Of a library:', ${text}, new Error(${text}))`)
    expect(found).toHaveLength(4)
  })

  it.each(SECRETS)('has no secret: %s', (secret) => {
    const text = JSON.stringify(secret)
    const found = entries(`guardOutput()
      log.error(${text}, new Error(${text}), { fact: ${text} })
      console.error(${text}); console.error('Of a library:', ${text}, new Error(${text})); console.warn({ x: ${text} }, [${text}])
      process.stderr.write(Buffer.from(${text}))`)
    expect(found.length).toBeGreaterThan(1)
    expect(JSON.stringify(found)).not.toMatch(hidden)
  })

  it('is cut short, however long its parts are', () => {
    const found = entries(`
      const long = (text) => text.repeat(100_000)
      const deep = (depth) => Object.assign(new Error(long('ab ')), { stack: 'Error\\n' + long('    at here (/x.js:1:1)\\n') }, depth ? { cause: deep(depth - 1) } : {})
      log.error(long('\\u2028'), deep(10), { one: long('\\u2028'), two: long('x y ') })
      log.error('Short', deep(10))`)
    expect(found.map(({ level }) => level)).toEqual(['error', 'error'])
  })
})

describe('an error of the database', () => {
  const FAILED = `
    const refused = Object.assign(new Error('invalid input syntax for type uuid: "what people wrote"'), {
      name: 'error', severity: 'ERROR', code: '23505', detail: 'Key (slug)=(what people wrote) already exists.', hint: 'what people wrote',
      where: 'what people wrote', constraint: 'groups_slug', table: 'groups', routine: '_bt_check_unique', internalQuery: 'what people wrote' })
    const failed = Object.assign(new Error('Failed query: select token\\nparams: what people wrote', { cause: refused }), {
      query: 'select token', params: ['what people wrote'] })
    const outer = Object.assign(new Error('Failed to get session: ' + failed.message, { cause: failed }), { body: { cause: failed } })\n`

  it('is told by its code, constraint, table and routine', () => {
    const [entry] = entries(`${FAILED} log.error('A query failed.', refused)`)
    const { stack, ...told } = entry.error
    expect(told).toEqual({ name: 'error', code: '23505', constraint: 'groups_slug', table: 'groups', routine: '_bt_check_unique' })
    expect(stack[0]).toMatch(/^at .*:\d+:\d+/)
  })

  it('is told without its statement, its parameters and its details, by whichever way it comes', () => {
    const found = entries(`${FAILED} guardOutput()
      log.error('Ours.', outer); console.error('\\u001b[31mERROR', failed); console.error(outer); console.log(failed.message)
      console.error(\`Library: \${outer.stack}\`); console.dir({ failed }); console.table([failed])
      process.stdout.write(failed.stack + '\\n'); process.stderr.write(failed.stack.replaceAll('\\n', ' '))`)
    expect(found.length).toBeGreaterThan(4)
    expect(JSON.stringify(found)).not.toMatch(/what people wrote|select token|params/)
    expect(JSON.stringify(found)).toContain('23505')
  })
})

describe('an error of Node', () => {
  it('is told by its code, however long that is', () => {
    const [entry] = entries("log.error('Ours.', Object.assign(new Error('x'), { code: 'ERR_STREAM_PREMATURE_CLOSE' }))")
    expect(entry.error.code).toBe('ERR_STREAM_PREMATURE_CLOSE')
  })
})

describe('a text that is not ours', () => {
  it.each([
    ['new Error(\'Unexpected token, "what people wrote"... is not valid\')', 'Unexpected token, “…”... is not valid'],
    [
      'new TypeError("Cannot read properties of undefined (reading \'what people wrote\')")',
      'Cannot read properties of undefined (reading “…”)',
    ],
    ['new Error("It\'s cut: `what people wrote")', "It's cut: “…”"],
    ['new Error(\'one "what" and "people wrote" end\')', 'one “…” end'],
    ['new Error("one\\nwhat people wrote\\n    at what.people (wrote.js:1:1)")', 'one'],
  ])('is told without what it quotes: %s', (error, message) => {
    const found = entries(`guardOutput(); log.error('Ours.', ${error}); console.error(${error}.message)`)
    expect(found[0].error.message).toBe(message)
    expect(found[1].message).toBe(message)
    expect(JSON.stringify(found)).not.toMatch(/people|wrote/)
  })

  it.each(['BigInt("what people wrote")', 'RegExp("(what people wrote")', 'JSON.parse("{what people wrote")'])(
    'is not told by an error of syntax, which repeats what was parsed: %s',
    (code) => {
      const found = entries(`guardOutput(); try { ${code} } catch (error) { log.error('Ours.', error); console.error('Library.', error) }`)
      expect(found.map(({ error }) => error.name)).toEqual(['SyntaxError', 'SyntaxError'])
      expect(JSON.stringify(found.map(({ error }) => error.message))).not.toMatch(/people|wrote/)
    },
  )

  it('is not told if it is no error: a thrown text, an object with secrets, a value whose reading throws', () => {
    const found = entries(`guardOutput()
      log.error('Thrown.', 'what people wrote'); log.error('Thrown.', { wrote: 'people' }); log.error('Thrown.', null)
      console.error('Library.', { wrote: 'people' })
      log.error('Trap.', new Proxy(new Error('people'), { get() { throw new Error('people') } }))`)
    expect(found.map(({ message }) => message)).toEqual(expect.arrayContaining(['Thrown.', 'Library.', 'Trap.']))
    expect(JSON.stringify(found)).not.toMatch(/people/)
  })
})

describe('a fault that lasts', () => {
  it('is one entry at first, and one with the number of the others when the process ends', () => {
    const found = entries(
      "for (let times = 0; times < 1_000; times++) log.error('Away.', Object.assign(new Error('x'), { code: 'ECONNREFUSED' }))",
    )
    expect(found).toHaveLength(2)
    expect(found[0]).not.toHaveProperty('repeated')
    expect(found[1]).toMatchObject({ message: 'Away.', repeated: 999 })
  })

  it('is one of few kinds, even if a stranger makes every message another one', () => {
    const found = entries("guardOutput(); for (let times = 0; times < 5_000; times++) console.error('Seen ' + times)")
    expect(found.length).toBeLessThan(250)
    expect(found.reduce((sum, { repeated = 1 }) => sum + repeated, 0)).toBe(5_000)
  })
})

describe('a guarded process', () => {
  it('says nothing of what a library tells besides warnings and errors', () => {
    const found = entries(`guardOutput()
      console.log('told'); console.info('told'); console.table([{ told: 1 }]); process.stdout.write('told')
      console.warn('Warned.')`)
    expect(found.map(({ message }) => message)).toEqual(['Warned.'])
  })

  it('logs a warning of Node and the error that ends it, in which nothing is told either', () => {
    const { lines, text, status } = run(`guardOutput()
      process.emitWarning('"what people wrote"')
      setTimeout(() => Promise.reject(Object.assign(new Error('Failed query: params: people'), { params: ['people'] })), 20)`)
    expect(status).toBe(1)
    expect(lines.map((line) => JSON.parse(line).level)).toEqual(['warn', 'error'])
    expect(text).not.toContain('people')
  })
})

import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createSocketServer } from 'node:net'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { completeCheckpoint, createProposal, deleteMilestone, getMilestoneOperation, listEvents, OPERATIONS } from '@/lib/operations'
import { groupKey, revoke, type TestKey, userKey, wrongSecret } from '@/lib/testing/client'
import { type Data, useInstance } from '@/lib/testing/instance'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { openProxy, type Wire } from '@/lib/testing/proxy'
import { type Ground, sampleOf } from '@/lib/testing/samples'
import { useServed } from '@/lib/testing/served'
import { Shell } from '@/lib/testing/shell'
import { sayCommand } from '@/lib/transport/say'
import { printable } from './cairn/output.mjs'
import { folderOf } from './cairn/settings.mjs'
import { readUnseen } from './cairn/sign-in.mjs'

const WITHIN = { interval: 20 }

describe('the command line', () => {
  const test = useInstance()
  const served = useServed(test)
  let key: TestKey
  let group_id: string
  let shell: Shell
  const shells: Shell[] = []

  const newShell = async (variables = {}) => {
    const made = await new Shell(variables).download(served.origin)
    shells.push(made)
    return made
  }
  const cairn = (...args: string[]) => shell.run(args)
  const plan = () => makeMilestone(test, group_id, { Design: [], Build: ['Design'], Try: ['Build'] })
  const configOf = (of: Shell): Data => JSON.parse(readFileSync(path.join(of.settings, 'config.json'), 'utf8'))
  const cacheOf = (of: Shell) => path.join(of.settings, `calls-${encodeURIComponent(served.origin)}.json`)
  /** Changes the copy of the document that a shell keeps. */
  const changeCache = (of: Shell, change: (kept: Data) => void) => {
    const kept = JSON.parse(readFileSync(cacheOf(of), 'utf8'))
    change(kept)
    writeFileSync(cacheOf(of), JSON.stringify(kept))
  }

  beforeAll(async () => {
    key = await userKey(test)
    group_id = await makeGroup(test)
    shell = await newShell()
    expect(await shell.run(['login'], { input: `${key.secret}\n` })).toMatchObject({ exit: 0, err: '' })
  })
  beforeEach(() => {
    served.requests.length = 0
    served.answered.length = 0
  })
  afterAll(async () => {
    for (const one of shells) await one.leave()
  })

  describe('as a script', () => {
    it('runs in any folder, as CommonJS and as a module', async () => {
      const text = readFileSync(shell.script, 'utf8')
      for (const [name, type] of [
        ['cairn', 'commonjs'],
        ['cairn', 'module'],
        ['cairn.mjs', 'commonjs'],
        ['cairn.cjs', 'module'],
      ] as const) {
        const other = await newShell()
        writeFileSync(path.join(other.home, 'package.json'), JSON.stringify({ type }))
        writeFileSync(path.join(other.home, name), text, { mode: 0o755 })
        expect(await other.line(`node ${name} --version`)).toMatchObject({
          exit: 0,
          err: '',
          out: expect.stringMatching(/^cairn \d+\.\d+\.\d+\+[0-9a-f]{8}\n$/),
        })
      }
    })

    it('tells which calls there are and what each takes and refuses, from the document of the server', async () => {
      const { out } = await cairn('--help')
      for (const { name, command } of OPERATIONS) expect(out).toContain(`cairn ${command ?? name.replaceAll('_', '-')}`)
      for (const command of ['login', 'logout', 'whoami', 'mcp']) {
        const { exit, out } = await cairn(command, '--help')
        expect([exit, out.split('\n').length < 8]).toEqual([0, true])
        expect(out).toContain(`\nUsage: cairn ${command}`)
      }
      const one = await cairn('complete', '--help')
      expect(one).toMatchObject({ exit: 0, err: '' })
      for (const part of ['cairn complete MILESTONE CHECKPOINT', '--claim-id ID', 'the claim_id that', 'consensus_required'])
        expect(one.out).toContain(part)
      expect(await cairn('help', 'complete')).toEqual(one)
      const refusals = 'May be refused as: version_mismatch, blocked, claimed, claim_lost, consensus_required, invalid_url'
      const codes = (line: string) =>
        line
          .slice(line.indexOf(':') + 2)
          .split(', ')
          .sort()
      expect(codes(one.out.split('\n').find((line) => line.startsWith('May be refused')) ?? '')).toEqual(codes(refusals))
      const projects = await cairn('list-projects', '--help')
      expect(projects.out).not.toContain('May be refused as')
      for (const code of ['malformed', 'unauthenticated', 'too_large', 'idempotency_mismatch']) {
        expect(one.out + projects.out).not.toContain(code)
        expect(out).toContain(code)
      }
      expect(await cairn()).toMatchObject({ exit: 2, out: '', err: out })
      const stranger = await newShell()
      expect(await stranger.run(['--help'])).toMatchObject({ exit: 0, out: expect.stringContaining('Sign in to see the calls') })
    })
  })

  describe('makes every call', () => {
    let ground: Ground
    beforeAll(() => {
      ground = { test, group_id, by: test.owner }
    })

    it.each(OPERATIONS.filter(({ kind }) => kind !== 'stream').map((operation) => [operation.name, operation] as const))(
      '%s',
      async (name, operation) => {
        const line = sayCommand(name, await sampleOf(operation, ground))
        const ran = await shell.line(`${line} --json`)
        expect(ran).toMatchObject({ exit: 0, err: '' })
        expect(JSON.parse(ran.out)).toMatchObject({ success: true, seq: expect.any(Number) })
        const again = await shell.line(sayCommand(name, await sampleOf(operation, ground)))
        expect(again).toMatchObject({ exit: 0, err: '', out: expect.stringMatching(/\S\n$/) })
        expect(again.out).not.toContain('{')
      },
    )

    it('writes lists, flags and bodies in each of their forms', async () => {
      const { milestone_id } = await plan()
      const shown = async (): Promise<Data> => (await test.run(getMilestoneOperation, { milestone_id })).data.checkpoints
      expect(await cairn('update-checkpoint', `${milestone_id}:3`, '--depends-on', '1,2', "--note=it's done")).toMatchObject({ exit: 0 })
      expect((await shown())[2]).toMatchObject({ depends_on: [1, 2], note: "it's done" })
      const [, , { checkpoint_id }] = await shown()
      expect(await cairn('update-checkpoint', checkpoint_id, '--depends-on', '1', '--depends-on=2')).toMatchObject({ exit: 0 })
      expect((await shown())[2].depends_on).toEqual([1, 2])
      expect(await cairn('update-checkpoint', milestone_id, '3', '--depends-on=')).toMatchObject({ exit: 0 })
      expect((await shown())[2].depends_on).toEqual([])
      expect(await cairn('update-checkpoint', milestone_id, '3', '--git-pr', 'https://github.com/a/b/pull/1')).toMatchObject({ exit: 0 })
      expect((await shown())[2].git_pr_url).toBe('https://github.com/a/b/pull/1')
      expect(await cairn('update-checkpoint', milestone_id, '3', '--git-pr-url', 'null')).toMatchObject({ exit: 0 })
      expect((await shown())[2].git_pr_url).toBeNull()
      const body = JSON.stringify({ title: 'From a file', checkpoints: [{ title: 'One' }] })
      writeFileSync(path.join(shell.home, 'plan.json'), body)
      for (const form of [['--body', 'plan.json'], ['--json', 'plan.json'], ['--json=plan.json']]) {
        expect(await cairn('create-milestone', group_id, ...form)).toMatchObject({
          exit: 0,
          out: expect.stringContaining('"From a file" active 0/1'),
        })
      }
      for (const form of [
        ['--body', '-'],
        ['--json', '-'],
        ['--body=-', '--json'],
      ]) {
        const ran = await shell.run(['create-milestone', group_id, ...form], { input: body })
        expect(ran).toMatchObject({ exit: 0, out: expect.stringContaining('From a file') })
        expect(ran.out.startsWith('{')).toBe(form.includes('--json') && form.length === 2 && form[0] !== '--json')
      }
    })

    it('plans a milestone with a flag for each checkpoint, which waits for what stands behind the arrow', async () => {
      const { milestone_id } = await plan()
      const steps = [
        '[UI] Build, and ship <- it',
        'Test <-1',
        `Deploy it's "done" <- 1, 2,${milestone_id}:3`,
        '{"title":"From JSON","depends_on":[3]}',
      ]
      const made = await cairn('create-milestone', group_id, '--title', 'Steps', ...steps.flatMap((step) => ['--checkpoint', step]))
      expect(made).toMatchObject({ exit: 0, err: '' })
      const shown = (await test.run(getMilestoneOperation, { milestone_id: made.out.split(' ')[0] })).data.checkpoints
      expect(shown.map(({ title, depends_on }: Data) => [title, depends_on])).toEqual([
        ['[UI] Build, and ship <- it', []],
        ['Test', [1]],
        [`Deploy it's "done"`, [1, 2, `${milestone_id}:3`]],
        ['From JSON', [3]],
      ])
      expect((await cairn('create-milestone', '--help')).out).toContain('--checkpoint "TITLE <-1,2"')
    })

    it('votes in words for the round that was read, and says where to read it', async () => {
      const { data } = await test.run(createProposal, { group_id, title: 'Ship it?' })
      const { proposal_id } = data
      served.requests.length = 0
      for (const args of [
        ['vote', proposal_id, 'yes'],
        ['vote', proposal_id, 'yes', '--comment', 'Go'],
        ['cast-vote', proposal_id, 'yes'],
      ])
        expect(await cairn(...args)).toMatchObject({
          exit: 2,
          out: '',
          err: `--round is missing: cairn proposal ${proposal_id} shows the present round, so that you vote for what you have read\n`,
        })
      const fromFile = await shell.run(['vote', proposal_id, '--body', '-'], { input: JSON.stringify({ vote: 'yes' }) })
      expect(fromFile).toMatchObject({ exit: 2, err: expect.stringContaining('--round is missing') })
      expect(await cairn('vote', proposal_id)).toMatchObject({
        exit: 2,
        err: 'VOTE is missing: cairn vote PROPOSAL VOTE --round NUMBER [--FLAGS]\n',
      })
      expect(served.requests).toEqual([])
      const read = await cairn('proposal', proposal_id)
      expect(read).toMatchObject({ exit: 0, err: '', out: expect.stringContaining('"Ship it?"') })
      expect(read.out).toContain(`\nto vote yes or no: cairn vote ${proposal_id} … --round 1\n`)
      const voted = await cairn('vote', proposal_id, 'yes', '--round', '1', '--comment', "it's tried")
      expect(voted).toMatchObject({ exit: 0, err: '', out: expect.stringContaining('you voted "yes"') })
      const again = await cairn('vote', proposal_id, 'no', '--round', '1')
      expect(again).toMatchObject({ exit: 1, out: '', err: expect.stringContaining('already_voted: You have already voted in round 1') })
      expect(again.err).toContain(`next: cairn proposal ${proposal_id}`)
      expect(await cairn('vote', proposal_id, 'no', '--round', '2')).toMatchObject({
        exit: 1,
        err: expect.stringMatching(/^version_mismatch: /),
      })
      expect((await cairn('proposals', group_id)).out).toContain(`${proposal_id} open "Ship it?"`)
      expect((await cairn('list-own-proposals', '--status', 'waiting')).out).not.toContain(proposal_id)
      expect((await cairn('finalize-proposal', proposal_id)).out).toMatch(/ passed "Ship it\?".*\nresult "yes"\n/)
    })

    it('ranks options that are separated by commas, in one word', async () => {
      const options = ['Red wine', '-dry', "it's"]
      const { data } = await test.run(createProposal, { group_id, title: 'Which?', voting_type: 'ranked', options })
      const { out } = await cairn('proposal', data.proposal_id)
      expect(out).toContain(`to rank all options, joined by commas: cairn vote ${data.proposal_id} … --round 1`)
      const voted = await shell.line(sayCommand('cast_vote', { proposal_id: data.proposal_id, vote: "-dry,it's, Red wine", round: 1 }))
      expect(voted).toMatchObject({ exit: 0, err: '', out: expect.stringContaining(`you voted "-dry,it's,Red wine"`) })
    })

    it('finds the milestone of a checkpoint that is named by its id alone', async () => {
      const { checkpoints, milestone_id } = await plan()
      expect(await cairn('show', checkpoints[1].checkpoint_id)).toMatchObject({
        exit: 0,
        out: expect.stringContaining('2 blocked "Build"'),
      })
      expect(await cairn('complete', checkpoints[0].checkpoint_id)).toMatchObject({ exit: 0, out: expect.stringContaining(milestone_id) })
      expect(await cairn('why', 'cp_aaaaaaaaaaaa')).toMatchObject({ exit: 1, out: '', err: expect.stringContaining('not_found') })
    })

    it('takes the group of the key, or of CAIRN_GROUP, where none is named', async () => {
      await plan()
      const { secret } = await groupKey(test, group_id)
      const named = await cairn('ready', group_id)
      // Sentences name the operation, as in claim_next.
      for (const name of ['list-ready', 'list_ready']) expect(await cairn(name, group_id)).toEqual(named)
      expect(await shell.run(['ready'], { variables: { CAIRN_KEY: secret } })).toEqual(named)
      expect(await shell.run(['ready'], { variables: { CAIRN_GROUP: group_id } })).toEqual(named)
      expect(await cairn('ready')).toMatchObject({ exit: 2, out: '', err: expect.stringContaining('cairn ready GROUP') })
    })
  })

  describe('ends with a code that a script can rely on', () => {
    it('1 for a refusal, with the sentence and the next calls on standard error', async () => {
      const { milestone_id } = await plan()
      const ran = await cairn('complete', milestone_id, '2')
      expect(ran).toMatchObject({ exit: 1, out: '' })
      expect(ran.err).toMatch(/^blocked: Checkpoint 2 depends on checkpoint 1/)
      expect(ran.err).toContain(`next: cairn why ${milestone_id} 2\n`)
      const inJson = await cairn('complete', milestone_id, '2', '--json')
      expect(inJson.exit).toBe(1)
      expect(JSON.parse(inJson.out)).toMatchObject({ success: false, error: 'blocked' })
      expect(inJson.err).toMatch(/^blocked: /)
    })

    it.each([
      [['no-such-call'], 'has no call no-such-call'],
      [['complete', 'ms_x'], 'CHECKPOINT is missing: cairn complete MILESTONE CHECKPOINT'],
      [['complete', 'ms_x', '3', '4'], '"4" is one word too many: cairn complete MILESTONE CHECKPOINT'],
      [['complete', 'ms_x', '3', '--nope'], '--nope is no flag of cairn complete: cairn complete'],
      [['complete', 'ms_x', '3', '--note'], '--note needs a value'],
      [['fail', 'ms_x', '3'], '--reason is missing: cairn fail MILESTONE CHECKPOINT --reason TEXT'],
      [['claim', 'ms_x', '3', '--ttl', 'soon'], '--ttl-seconds takes a whole number, and "soon" is none'],
      [['reopen-checkpoint', 'ms_x', '3', '--reason', 'x', '--cascade=maybe'], '--cascade is true or false'],
      [['create-milestone', 'team', '--title', 'x', '--checkpoints', '[{"title":'], '--checkpoints takes JSON'],
      [['create-milestone', 'team', '--title', 'x', '--checkpoint', 'A <-1', '--stray', 'x'], '--stray is no flag'],
      [['show', '..'], '".." is no MILESTONE'],
      [['create-group', '--name', 'x', '--name', 'y'], '--name is given twice'],
      [['create-group', '--body', 'no-such-file'], 'no-such-file cannot be read (ENOENT)'],
      [['members', '--follow', 'x'], 'cairn members cannot be followed'],
      [['ready', 'x', '--url', 'cairn.example.com'], 'is no address of a server'],
      [['ready', 'x', '--url', 'http://a:b@c'], 'must not carry a user name'],
      [['ready', 'x', '--retry-seconds', 'long'], 'is not a number of seconds'],
      [['--session'], '--session needs a value'],
      [['mcp', 'what'], 'The form is: cairn mcp'],
    ])('2 for wrong usage, with the right form: %j', async (args, said) => {
      expect(await cairn(...args)).toMatchObject({ exit: 2, out: '', err: expect.stringContaining(said) })
    })

    it('3 without contact, for each reason with what to do', async () => {
      const variables = { CAIRN_KEY: key.secret, CAIRN_RETRY_SECONDS: '0' }
      const noCairn = createServer((req, res) => {
        if (req.url?.includes('groups')) res.writeHead(301, { location: 'https://cairn.example.com/api/groups' }).end()
        else res.writeHead(req.url?.includes('overview') ? 502 : 200, { 'content-type': 'text/html' }).end('<p>Hello')
      })
      const noHttp = createSocketServer((socket) => socket.on('error', () => undefined).end('SSH-2.0-x\r\n'))
      for (const server of [noCairn, noHttp]) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const at = (server: { address: () => AddressInfo | string | null }) => {
        const address = server.address()
        return `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
      }
      const failing = async (url: string, command: string, said: string) =>
        expect(await shell.run([command, '--url', url], { variables })).toMatchObject({
          exit: 3,
          out: '',
          err: expect.stringContaining(said),
        })
      // Each server has a document of its own, so these know the calls already.
      const known = readFileSync(cacheOf(shell), 'utf8')
      writeFileSync(path.join(shell.settings, `calls-${encodeURIComponent(`http://${at(noCairn)}`)}.json`), known)
      await failing(`http://${at(noCairn)}`, 'permissions', 'is not Cairn (status 200). Sign in at the right address')
      await failing(`http://${at(noCairn)}`, 'groups', 'sends on to https://cairn.example.com')
      await failing(`http://${at(noCairn)}`, 'overview', 'answers 502')
      await failing(`http://${at(noHttp)}`, 'groups', 'does not speak http')
      await failing(`https://${at(noCairn)}`, 'groups', 'does not speak https')
      await failing('http://127.0.0.1:1', 'groups', 'Nothing listens at http://127.0.0.1:1. Start Cairn there')
      await failing('http://no-such-host.invalid', 'groups', 'There is no host no-such-host.invalid')
      noCairn.close()
      noHttp.close()
    })

    it('2 for a flag that has the name of something in JavaScript, and for what no header carries', async () => {
      for (const flag of ['--constructor', '--toString=1', '--valueOf'])
        expect(await cairn('groups', flag)).toMatchObject({ exit: 2, err: expect.stringContaining('is no flag of cairn groups') })
      expect(await cairn('groups', '--session', '日本')).toMatchObject({
        exit: 2,
        err: expect.stringContaining('The session has a character'),
      })
      expect(await shell.run(['mcp'], { variables: { CAIRN_SESSION: 'a\nb' }, input: '' })).toMatchObject({ exit: 2, out: '' })
      const key = ['--idempotency-key', 'x\ny']
      expect(await cairn('create-group', '--name', 'X', ...key)).toMatchObject({
        exit: 2,
        err: expect.stringContaining('The idempotency key'),
      })
    })

    it('3 for an answer without an end', async () => {
      const endless = createServer((_req, res) => {
        res.writeHead(200, { 'x-cairn-api': '1', 'content-type': 'application/json' })
        const more = () => {
          while (!res.destroyed && res.write('x'.repeat(1_024 * 1_024)));
          res.once('drain', more)
        }
        more()
      })
      await new Promise<void>((resolve) => endless.listen(0, '127.0.0.1', resolve))
      const address = endless.address()
      const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
      const ran = await shell.run(['groups', '--url', url], { variables: { CAIRN_KEY: key.secret } })
      expect(ran).toMatchObject({ exit: 3, out: '', err: expect.stringContaining('larger than 64 MiB') })
      endless.closeAllConnections()
      endless.close()
    })

    it('4 if it is not signed in', async () => {
      const stranger = await newShell()
      expect(await stranger.run(['groups'])).toMatchObject({
        exit: 4,
        out: '',
        err: expect.stringContaining(`cairn login ${served.origin}`),
      })
      const wrong = await shell.run(['groups'], { variables: { CAIRN_KEY: wrongSecret(key.secret) } })
      expect(wrong).toMatchObject({ exit: 4, out: '', err: expect.stringContaining('The key is from CAIRN_KEY') })
      const gone = await userKey(test)
      await revoke(test, gone)
      expect(await shell.run(['groups'], { variables: { CAIRN_KEY: gone.secret } })).toMatchObject({
        exit: 4,
        err: expect.stringContaining('unauthenticated'),
      })
      expect(await stranger.run(['events', '--follow'], { variables: { CAIRN_KEY: gone.secret } })).toMatchObject({ exit: 4, out: '' })
    })

    it('5 if the time of a wait is over, 0 if it is reached, and 1 if it is in vain', async () => {
      const { milestone_id } = await plan()
      const over = await cairn('wait', milestone_id, '2', '--until', 'ready', '--timeout', '0')
      expect(over).toMatchObject({ exit: 5, out: expect.stringContaining('not yet'), err: expect.stringContaining('The time is over') })
      expect(await cairn('wait', milestone_id, '1', '--until=ready')).toMatchObject({ exit: 0, out: expect.stringContaining('reached') })
      await test.run(completeCheckpoint, { milestone_id, order: 1 })
      expect(await cairn('wait', `${milestone_id}:1`, '--until=ready')).toMatchObject({
        exit: 1,
        out: expect.stringContaining('impossible'),
      })
    })

    it('130 after Ctrl-C, and 0 when the reader of its output leaves', async () => {
      const { milestone_id } = await plan()
      const waiting = shell.start(['wait', milestone_id, '2', '--until', 'ready', '--timeout', '600'])
      await expect.poll(() => served.requests, WITHIN).toContain('GET /api/wait')
      waiting.child.kill('SIGINT')
      expect(await waiting.ended).toMatchObject({ exit: 130, out: '', err: '' })
      const ran = await shell.line('{ cairn events --follow --after 0 --json; echo "exit $?" >&2; } | head -n 2')
      expect(ran.out.trim().split('\n')).toHaveLength(2)
      await expect.poll(() => ran.err, WITHIN).toBe('exit 0\n')
    })
  })

  describe('settings', () => {
    it('are written by login for this user alone, after the server has accepted the key', async () => {
      const other = await newShell()
      expect(await other.run(['login'], { input: 'sk_live_u_wrong' })).toMatchObject({
        exit: 4,
        out: '',
        err: expect.stringContaining('The key is from your input'),
      })
      expect(await other.run(['login'], { input: 'password' })).toMatchObject({ exit: 2, err: expect.stringContaining('no key of Cairn') })
      expect(() => configOf(other)).toThrow('ENOENT')
      const ran = await other.run(['login'], { input: `  Bearer ${key.secret} \n` })
      expect(ran).toMatchObject({ exit: 0, err: '' })
      expect(ran.out).not.toContain(key.secret)
      expect(configOf(other)).toEqual({ servers: { [served.origin]: { key: key.secret } }, elsewhere: {} })
      expect(statSync(path.join(other.settings, 'config.json')).mode & 0o777).toBe(0o600)
      expect(statSync(other.settings).mode & 0o777).toBe(0o700)
      expect(await other.run(['whoami'])).toMatchObject({
        exit: 0,
        out: expect.stringMatching(`^${served.origin}, with the key from ${other.settings}`),
      })
      expect(await other.run(['logout'])).toMatchObject({ exit: 0, out: `Signed out of ${served.origin}\n` })
      expect(await other.run(['groups'])).toMatchObject({ exit: 4 })
    })

    it('keep a key for each server, and send none to another one', async () => {
      const seen: (string | undefined)[] = []
      const foreign = createServer((req, res) => {
        seen.push(req.headers.authorization)
        res.end('{}')
      })
      await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve))
      const address = foreign.address()
      const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
      expect(await cairn('groups', '--url', url)).toMatchObject({ exit: 4, err: expect.stringContaining(`There is no key for ${url}`) })
      expect(await shell.run(['groups'], { variables: { CAIRN_URL: url } })).toMatchObject({ exit: 4 })
      expect(seen).toEqual([])
      foreign.close()
      const other = await new Shell().download(served.origin)
      shells.push(other)
      // The same server under another name, as through a tunnel.
      const tunnel = await openProxy(served.origin)
      expect(await other.run(['login', tunnel.url], { input: key.secret })).toMatchObject({ exit: 0 })
      expect(await other.run(['groups'])).toEqual(await cairn('groups'))
      expect(configOf(other).elsewhere).toEqual({ [served.origin]: new URL(tunnel.url).origin })
      expect(await other.run(['login', served.origin], { input: key.secret })).toMatchObject({ exit: 0 })
      expect(configOf(other).elsewhere).toEqual({})
      await tunnel.close()
    })

    it('that cannot be read are said to be so', async () => {
      const other = await newShell({ CAIRN_URL: served.origin })
      await other.run(['login'], { input: key.secret })
      writeFileSync(path.join(other.settings, 'config.json'), '{"servers":')
      expect(await other.run(['groups'])).toMatchObject({
        exit: 2,
        out: '',
        err: expect.stringContaining('config.json holds no JSON object'),
      })
      expect(await other.run(['groups'], { variables: { CAIRN_KEY: key.secret } })).toMatchObject({ exit: 0 })
      expect(await other.run(['groups'], { variables: { XDG_CONFIG_HOME: other.script } })).toMatchObject({
        exit: 2,
        err: expect.stringContaining('cannot be read (ENOTDIR)'),
      })
      const homeless = { XDG_CONFIG_HOME: other.script, CAIRN_KEY: key.secret }
      expect(await other.run(['groups'], { variables: homeless })).toMatchObject({ exit: 0, err: '' })
    })

    it('are written into a new file of its own, whatever is there already', async () => {
      const other = await newShell()
      const target = path.join(other.home, 'elsewhere')
      writeFileSync(target, '{"servers":{},"elsewhere":{}}', { mode: 0o644 })
      mkdirSync(other.settings, { recursive: true })
      symlinkSync(target, path.join(other.settings, 'config.json'))
      expect(await other.run(['login'], { input: key.secret })).toMatchObject({ exit: 0 })
      expect(readFileSync(target, 'utf8')).not.toContain(key.secret)
      expect(statSync(path.join(other.settings, 'config.json')).mode & 0o777).toBe(0o600)
      expect(readdirSync(other.settings).sort()).toEqual([path.basename(cacheOf(other)), 'config.json'])
    })

    it('keep what another login wrote while this one was asked for its key', async () => {
      const other = await newShell()
      const slow = other.start(['login'])
      await sleep(300)
      mkdirSync(other.settings, { recursive: true })
      writeFileSync(path.join(other.settings, 'config.json'), '{"servers":{"http://127.0.0.1:1":{"key":"sk_live_u_a"}}}')
      slow.child.stdin.end(key.secret)
      expect(await slow.ended).toMatchObject({ exit: 0 })
      expect(Object.keys(configOf(other).servers)).toEqual(['http://127.0.0.1:1', served.origin])
    })

    it('are in the folder of the platform', () => {
      expect(folderOf({}, 'linux', '/home/a')).toBe('/home/a/.config/cairn')
      expect(folderOf({ XDG_CONFIG_HOME: '/x' }, 'darwin', '/home/a')).toBe('/x/cairn')
      expect(folderOf({ APPDATA: 'C:\\a' }, 'win32', 'C:\\home')).toBe('C:\\a\\cairn')
    })

    it('a key that is typed at a terminal is not shown', async () => {
      const terminal = Object.assign(new PassThrough(), { modes: [] as boolean[], setRawMode: (raw: boolean) => terminal.modes.push(raw) })
      let shown = ''
      const typed = readUnseen(
        terminal,
        {
          write: (text: string) => {
            shown += text
          },
        },
        'Key: ',
      )
      for (const part of ['sk_li', 'x\u007f', 've_\u001b', 'u\r']) terminal.write(part)
      expect(await typed).toBe('sk_live_u')
      expect(shown).toBe('Key: \n')
      expect(terminal.modes).toEqual([true, false])
      const left = readUnseen(terminal, { write: () => undefined }, '')
      terminal.write('\u0003')
      await expect(left).rejects.toMatchObject({ exit: 130 })
    })
  })

  describe('the copy of the document', () => {
    const documents = () => served.requests.filter((request) => request === 'GET /api/openapi.json').length

    it('is kept for a day', async () => {
      await cairn('groups')
      served.requests.length = 0
      served.answered.length = 0
      await cairn('groups')
      expect(served.requests).toEqual(['GET /api/groups'])
      changeCache(shell, (kept) => {
        kept.read_at -= 25 * 3_600_000
      })
      await cairn('groups')
      expect(documents()).toBe(1)
    })

    it('is read again for a call or a flag that it does not have', async () => {
      changeCache(shell, ({ document }) => {
        delete document.paths['/overview']
      })
      expect(await cairn('overview')).toMatchObject({ exit: 0, err: '' })
      expect(documents()).toBe(1)
      changeCache(shell, ({ document }) => {
        document.paths['/groups'].get.parameters = []
      })
      expect(await cairn('groups', '--slug', 'x')).toMatchObject({ exit: 0, out: 'no groups\n' })
      expect(documents()).toBe(2)
    })

    it('is read again when the server has another one, at once if the call was refused for that', async () => {
      changeCache(shell, (kept) => {
        kept.version = 'old'
      })
      await cairn('groups')
      expect(documents()).toBe(0)
      await cairn('groups')
      expect(documents()).toBe(1)
      changeCache(shell, (kept) => {
        kept.version = 'old'
        const { paths } = kept.document
        paths['/old-overview'] = paths['/overview']
        delete paths['/overview']
      })
      expect(await cairn('overview')).toMatchObject({ exit: 0, err: '' })
    })

    it('of an older server says that the call is lacking', async () => {
      expect(await cairn('seal')).toMatchObject({
        exit: 2,
        err: expect.stringContaining(`The server at ${served.origin} has no call seal`),
      })
      expect(await cairn('compl')).toMatchObject({ exit: 2, err: expect.stringContaining('Did you mean cairn complete') })
    })
  })

  describe('when the server does not answer', () => {
    let wire: Wire
    let far: Shell
    beforeAll(async () => {
      wire = await openProxy(served.origin)
      far = await newShell({ CAIRN_URL: new URL(wire.url).origin, CAIRN_KEY: key.secret })
      await far.run(['groups'])
    })
    afterAll(() => wire.close())

    it('[H4] sends the call again, and a change takes effect once', async () => {
      const before = (await test.run(listEvents, { before: 1_000_000, limit: 1 })).data.events[0].seq
      const cuts = wire.cuts()
      wire.cutNextAnswer()
      const ran = await far.run(['create-milestone', group_id, '--title', 'Once'])
      expect(ran).toMatchObject({ exit: 0, err: '', out: expect.stringContaining('"Once" active') })
      expect(wire.cuts()).toBe(cuts + 1)
      expect(served.requests.filter((request) => request.startsWith('POST'))).toHaveLength(2)
      const { events } = (await test.run(listEvents, { after: before })).data
      expect(events.filter(({ type }: Data) => type === 'milestone.created')).toHaveLength(1)
    })

    it('waits for a server that restarts', async () => {
      const { milestone_id } = await plan()
      await served.stop()
      const running = shell.start(['complete', milestone_id, '1'])
      await expect.poll(running.err, WITHIN).toContain('Trying again')
      await served.start()
      expect(await running.ended).toMatchObject({ exit: 0, out: expect.stringContaining(`${milestone_id} active 1/3`) })
    })

    it('gives up after its patience', async () => {
      wire.behave('down')
      const ran = await far.run(['groups', '--retry-seconds', '1'])
      expect(ran).toMatchObject({ exit: 3, out: '', err: expect.stringContaining('does not answer (ECONNRESET). Try again later') })
      wire.behave('up')
      expect(await far.run(['groups'])).toMatchObject({ exit: 0 })
    })
  })

  describe('waits', () => {
    beforeAll(() => {
      // So that one wait takes several calls within a test: the server still allows 50 s.
      changeCache(shell, ({ document }) => {
        for (const parameter of document.paths['/wait'].get.parameters)
          if (parameter.name === 'timeout_seconds') parameter.schema.maximum = 1
      })
    })
    const waits = () => served.requests.filter((request) => request === 'GET /api/wait').length

    it('for longer than the server answers one call', async () => {
      const { milestone_id } = await plan()
      const running = shell.start(['wait', milestone_id, '2', '--until', 'ready', '--timeout', '600'])
      await expect.poll(waits, WITHIN).toBeGreaterThan(2)
      await test.run(completeCheckpoint, { milestone_id, order: 1 })
      expect(await running.ended).toMatchObject({ exit: 0, err: '', out: expect.stringContaining('reached') })
      expect(await cairn('wait', milestone_id, '--until', 'closed', '--timeout', '2')).toMatchObject({ exit: 5 })
    })

    it('and goes on when a call breaks off, however long it has waited', async () => {
      const wire = await openProxy(served.origin)
      const far = await newShell({ CAIRN_URL: new URL(wire.url).origin, CAIRN_KEY: key.secret, CAIRN_RETRY_SECONDS: '1' })
      const { milestone_id } = await plan()
      const running = far.start(['wait', milestone_id, '2', '--until', 'ready', '--timeout', '600'])
      await expect.poll(waits, WITHIN).toBe(1)
      await sleep(1_500)
      wire.behave('down')
      wire.behave('up')
      await expect.poll(waits, WITHIN).toBe(2)
      await test.run(completeCheckpoint, { milestone_id, order: 1 })
      expect(await running.ended).toMatchObject({ exit: 0, err: '', out: expect.stringContaining('reached') })
      await wire.close()
    })

    it('and misses no change between two calls', async () => {
      const { milestone_id } = await plan()
      const running = shell.start(['wait', milestone_id, '--until', 'change', '--timeout', '600', '--json'])
      await expect.poll(waits, WITHIN).toBeGreaterThan(1)
      await served.stop()
      await test.run(completeCheckpoint, { milestone_id, order: 1 })
      await served.start()
      const ran = await running.ended
      expect(ran).toMatchObject({ exit: 0 })
      expect(JSON.parse(ran.out).data).toMatchObject({ reached: true, timed_out: false })
    })
  })

  describe('follows events', () => {
    it('a line each, and goes on where it was when the server restarts', async () => {
      const { milestone_id } = await plan()
      const running = shell.start(['events', '--follow', '--milestone', milestone_id])
      await expect.poll(() => served.answered, WITHIN).toContain('GET /api/events/stream')
      await test.run(completeCheckpoint, { milestone_id, order: 1, note: 'one\ntwo' })
      await expect.poll(running.out, WITHIN).toContain('checkpoint.completed')
      await served.stop()
      await test.run(completeCheckpoint, { milestone_id, order: 2 })
      await expect.poll(running.err, WITHIN).toContain('Trying again')
      await served.start()
      await expect.poll(() => running.out().match(/checkpoint\.completed/g)?.length, WITHIN).toBe(2)
      const said = running.err().trim().split('\n')
      expect(said).toEqual(expect.arrayContaining([expect.stringContaining('was lost'), expect.stringContaining('is there again')]))
      expect(said.filter((line) => line.includes('was lost'))).toHaveLength(1)
      await test.run(completeCheckpoint, { milestone_id, order: 3 })
      await expect.poll(running.out, WITHIN).toContain('milestone.closed')
      const lines = running.out().trim().split('\n')
      const { events } = (await test.run(listEvents, { milestone_id })).data
      const told = events.filter(({ type }: Data) => !['milestone.created', 'checkpoint.added'].includes(type))
      expect(lines.map((line) => Number(line.split(' ')[0]))).toEqual(told.map(({ seq }: Data) => seq))
      expect(lines[0]).toContain('note "one two"')
      running.child.kill('SIGINT')
      expect(await running.ended).toMatchObject({ exit: 130 })
    })

    it('until what it follows is gone, or the key is', async () => {
      const { milestone_id } = await plan()
      const mine = await userKey(test)
      const one = shell.start(['events', '--follow', '--milestone', milestone_id])
      const two = shell.start(['events', '--follow', '--json'], { variables: { CAIRN_KEY: mine.secret } })
      await expect.poll(() => served.answered.filter((request) => request === 'GET /api/events/stream').length, WITHIN).toBe(2)
      await test.run(deleteMilestone, { milestone_id })
      expect(await one.ended).toMatchObject({ exit: 1, err: expect.stringContaining('not_found: What you follow was deleted') })
      await revoke(test, mine)
      const ended = await two.ended
      expect(ended).toMatchObject({ exit: 4, err: expect.stringContaining('unauthenticated') })
      for (const line of ended.out.trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ seq: expect.any(Number) })
      expect(await cairn('events', '--follow', '--after', '99999999')).toMatchObject({
        exit: 1,
        out: '',
        err: expect.stringContaining('log_replaced'),
      })
    })
  })

  it('lets two shells work one plan against each other until it is closed', async () => {
    const steps = Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`Step ${at + 1}`, at < 3 ? [] : [`Step ${at - 2}`]]))
    const { milestone_id } = await makeMilestone(test, group_id, steps)
    const loop = `
      while cairn show ${milestone_id} | head -n 1 | grep -q ' active '; do
        claim=$(cairn claim-next ${group_id} --milestone ${milestone_id})
        line=$(printf '%s\\n' "$claim" | sed -n 's/^when done: //p')
        if [ -n "$line" ]; then sh -c "$line" || exit 9; else cairn wait ${milestone_id} --until change --timeout 5 >/dev/null 2>&1 || true; fi
      done`
    const workers = await Promise.all([newShell(), newShell()])
    for (const worker of workers) await worker.run(['login'], { input: key.secret })
    const ran = await Promise.all(workers.map((worker) => worker.line(loop)))
    for (const one of ran) expect(one).toMatchObject({ exit: 0, err: '' })
    const { data } = await test.run(getMilestoneOperation, { milestone_id })
    expect(data).toMatchObject({ status: 'closed', progress: '12/12' })
    // Each of them did a part of it.
    for (const one of ran) expect(one.out).toContain(milestone_id)
    const { events } = (await test.run(listEvents, { milestone_id, limit: 1_000 })).data
    expect(events.filter(({ type }: Data) => type === 'checkpoint.completed')).toHaveLength(12)
    expect(events.filter(({ via, type }: Data) => type === 'checkpoint.completed' && via === 'cli')).toHaveLength(12)
  })

  it('prints nothing that could steer a terminal, and no colour', async () => {
    expect(printable('a\u001b[31mb\u009b2J\u0007\r\u0000c\td\ne\u202ef')).toBe('a[31mb2Jc\td\nef')
    const { milestone_id } = await plan()
    const hostile = 'x\u202e\u200b\u{e0041}\u2066 "1 done \\'
    await shell.run(['update-checkpoint', milestone_id, '1', '--note', hostile])
    const inJson = await cairn('show', milestone_id, '1', '--json')
    expect(JSON.parse(inJson.out).data.checkpoints[0].note).toBe(hostile)
    for (const ran of [await cairn('show', milestone_id, '1'), await cairn('events'), await cairn('ready', group_id), inJson]) {
      expect(ran.exit).toBe(0)
      expect(ran.out).not.toMatch(/[^\P{Cc}\n]|[\u202e\u2066]/u)
    }
  })
})

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { examine } from '@/db/examine'
import { openInstance } from '@/db/instance'
import { migrate, schemaVersion } from '@/db/migrate'
import { administer } from '@/lib/testing/administer'
import { freshDatabase, type TestDatabase } from '@/lib/testing/database'

const folder = mkdtempSync(path.join(tmpdir(), 'cairn-migrations-'))
const EMPTY = 'drop schema if exists drizzle, auth cascade; drop schema public cascade; create schema public'
let database: TestDatabase

function write(...migrations: { tag: string; when: number; sql: string }[]) {
  mkdirSync(path.join(folder, 'meta'), { recursive: true })
  const entries = migrations.map(({ tag, when }, idx) => ({ idx, version: '7', when, tag, breakpoints: true }))
  writeFileSync(path.join(folder, 'meta', '_journal.json'), JSON.stringify({ version: '7', dialect: 'postgresql', entries }))
  for (const { tag, sql } of migrations) writeFileSync(path.join(folder, `${tag}.sql`), sql)
}

async function query(sql: string) {
  const client = new Client(database.ownerUrl)
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

const one = { tag: '0000_one', when: 1000, sql: 'create table one (id int);\n--> statement-breakpoint\ninsert into one values (1);' }
const two = { tag: '0001_two', when: 2000, sql: 'create table two (id int);' }
const between = { tag: '0002_between', when: 1500, sql: 'create table between_them (id int);' }

beforeAll(async () => {
  database = await freshDatabase()
})
beforeEach(() => administer(database.ownerUrl, EMPTY))
afterAll(async () => {
  await database.drop()
  rmSync(folder, { recursive: true })
})

describe('migrate', () => {
  it('applies what is new, once, however many start at the same time', async () => {
    write(one)
    await Promise.all([migrate(database.ownerUrl, folder), migrate(database.ownerUrl, folder), migrate(database.ownerUrl, folder)])
    write(one, two)
    await migrate(database.ownerUrl, folder)
    expect(await query('select * from one')).toEqual([{ id: 1 }])
    expect(await query('select hash from drizzle.__drizzle_migrations')).toHaveLength(2)
  })

  it('does not pass over a migration that drizzle leaves out for its date', async () => {
    write(one, two)
    await migrate(database.ownerUrl, folder)
    write(one, two, between)
    await expect(migrate(database.ownerUrl, folder)).rejects.toThrow(/left out: 0002_between/)
  })

  it('refuses a database that a newer build has used', async () => {
    write(one, two)
    await migrate(database.ownerUrl, folder)
    write(one)
    await expect(migrate(database.ownerUrl, folder)).rejects.toThrow(/1 migration\(s\) that this build does not know .*up to 0000_one/)
  })

  it('refuses a migration that was changed after it was applied', async () => {
    write(one)
    await migrate(database.ownerUrl, folder)
    write({ ...one, sql: 'create table other (id int);' })
    await expect(migrate(database.ownerUrl, folder)).rejects.toThrow(/changed after it was applied/)
  })

  it('leaves nothing behind of a migration that fails', async () => {
    write(one, { ...two, sql: 'create table two (id int);\n--> statement-breakpoint\ncreate table two (id int);' })
    await expect(migrate(database.ownerUrl, folder)).rejects.toThrow()
    expect(await query(`select to_regclass('one') as one, to_regclass('two') as two`)).toEqual([{ one: null, two: null }])
  })
})

describe('schemaVersion', () => {
  it('tells what is applied and what is pending', async () => {
    const client = new Client(database.ownerUrl)
    await client.connect()
    write(one, two)
    expect(await schemaVersion(client, folder)).toMatchObject({ applied: [], pending: ['0000_one', '0001_two'], unknown: [] })
    write(one)
    await migrate(database.ownerUrl, folder)
    write(one, two)
    expect(await schemaVersion(client, folder)).toMatchObject({ applied: ['0000_one'], pending: ['0001_two'], unknown: [] })
    await client.end()
  })
})

describe('the migrations of this build', () => {
  const own = path.join(import.meta.dirname, 'migrations')
  const entries: { tag: string; when: number }[] = JSON.parse(readFileSync(path.join(own, 'meta', '_journal.json'), 'utf8')).entries

  /** The first migrations of this build, as a build of that time had them. */
  const writeFirst = (count: number) =>
    write(...entries.slice(0, count).map((entry) => ({ ...entry, sql: readFileSync(path.join(own, `${entry.tag}.sql`), 'utf8') })))

  const functions = (): Promise<{ name: string; made: string }[]> =>
    query(`select proname as name, pg_get_functiondef(oid) as made from pg_proc where pronamespace = 'public'::regnamespace`)

  // No build had the first migration without the second one.
  it.each(entries.map(({ tag }, at) => ({ tag, count: at + 1 })).slice(1))(
    'go forward again from a backup made at $tag that is restored over the present version, whose functions stay',
    async ({ count }) => {
      await migrate(database.ownerUrl)
      const present = await functions()
      await administer(database.ownerUrl, EMPTY)
      writeFirst(count)
      await migrate(database.ownerUrl, folder)
      const restored = new Set((await functions()).map(({ name }) => name))
      for (const { name, made } of present) if (!restored.has(name)) await query(made)
      await migrate(database.ownerUrl)
      expect((await functions()).map(({ name }) => name)).toEqual(expect.arrayContaining(present.map(({ name }) => name)))
    },
  )

  it('[H4] keep what an older build remembered under an idempotency key: its ids, and that it loosened a plan', async () => {
    writeFirst(2)
    await migrate(database.ownerUrl, folder)
    const row = (key: string, loosened: boolean) =>
      `('main', 'usr_a', '${key}', 'print', 1, true, ${loosened}, '{"group_id": "g", "milestone_id": null}', 'batch', now())`
    await query(`insert into remembered_answers
      (workspace_id, principal_id, idempotency_key, fingerprint, seq, changed, loosened, scope, batch, created_at)
      values ${row('loose', true)}, ${row('plain', false)}`)
    await migrate(database.ownerUrl)
    const ids = { group_id: 'g', milestone_id: null }
    expect(await query('select idempotency_key, needs, ids from remembered_answers order by 1')).toEqual([
      { idempotency_key: 'loose', needs: ['milestones:relax'], ids },
      { idempotency_key: 'plain', needs: [], ids },
    ])
  })

  it('[A1] [K1] [E2] let the person who made an agent profile answer for it, and a key end with what it made, as a replay of the log says too', async () => {
    writeFirst(9)
    await migrate(database.ownerUrl, folder)
    const group_id = '00000000-0000-4000-8000-000000000001'
    const at = '2026-01-01T00:00:00Z'
    const log: [type: string, actor_id: string, scope: string, data: object][] = [
      ['person.registered', 'usr_a', 'null', { principal_id: 'usr_a', name: 'Ada', email: 'ada@cairn.test', instance_owner: true }],
      ['person.registered', 'usr_b', 'null', { principal_id: 'usr_b', name: 'Bob', email: 'bob@cairn.test', instance_owner: false }],
      ['group.created', 'usr_a', `'${group_id}'`, { name: 'Team', slug: 'team', description: '', visibility: 'workspace' }],
      ['member.added', 'usr_a', `'${group_id}'`, { principal_id: 'usr_a', role: 'owner' }],
      ['member.added', 'usr_a', `'${group_id}'`, { principal_id: 'usr_b', role: 'admin' }],
      ['agent_profile.created', 'usr_b', `'${group_id}'`, { principal_id: 'ap_x', name: 'atlas' }],
      ['member.added', 'usr_b', `'${group_id}'`, { principal_id: 'ap_x', role: 'member' }],
    ]
    const events = log.map(
      ([type, actor_id, scope, data], index) =>
        `('main', ${index + 1}, '${type}', '${at}', '${actor_id}', 'user', 'web', ${scope}, '${JSON.stringify(data)}', 'batch')`,
    )
    const keys = [
      ['key_a', 'a', 'null'],
      ['key_b', 'b', `'key_a'`],
    ].map(([key_id = '', hint = '', made_with], index) => {
      const hash = hint.repeat(64)
      const facts = {
        key_id,
        principal_id: 'usr_b',
        group_id: null,
        milestone_id: null,
        name: 'Key',
        hash,
        hint,
        permissions: {},
        expires_at: null,
      }
      return {
        row: `('main', '${key_id}', 'usr_b', 'Key', '${hash}', '${hint}', '{}', 'usr_b', '${at}')`,
        event: `('main', ${log.length + index + 1}, 'key.created', '${at}', 'usr_b', 'user', ${made_with}, 'rest', '${JSON.stringify(facts)}', 'batch')`,
      }
    })
    const person = (id: string, name: string, isOwner: boolean) =>
      `('main', '${id}', 'user', '${name}', '${name.toLowerCase()}@cairn.test', null, ${isOwner}, '${at}')`
    const member = (id: string, role: string) => `('main', '${group_id}', '${id}', '${role}', '${at}')`
    await query(`
      insert into workspaces (workspace_id, name, seq, head, last_event_at) values ('main', 'Main', ${log.length}, 'head', '${at}');
      insert into principals (workspace_id, principal_id, kind, name, email, group_id, instance_owner, created_at) values
        ${person('usr_a', 'Ada', true)}, ${person('usr_b', 'Bob', false)},
        ('main', 'ap_x', 'agent_profile', 'atlas', '', '${group_id}', false, '${at}');
      insert into groups (workspace_id, group_id, name, slug, description, visibility, owner_id, created_at, updated_at)
        values ('main', '${group_id}', 'Team', 'team', '', 'workspace', 'usr_a', '${at}', '${at}');
      insert into group_members (workspace_id, group_id, principal_id, role, joined_at)
        values ${member('usr_a', 'owner')}, ${member('usr_b', 'admin')}, ${member('ap_x', 'member')};
      insert into events (workspace_id, seq, type, at, actor_id, actor_type, via, group_id, data, batch) values ${events.join(', ')};
      insert into api_keys (workspace_id, key_id, principal_id, name, hash, hint, permissions, created_by, created_at) values ${keys.map(({ row }) => row).join(', ')};
      insert into events (workspace_id, seq, type, at, actor_id, actor_type, key_id, via, data, batch) values ${keys.map(({ event }) => event).join(', ')};
      update workspaces set seq = ${log.length + keys.length}`)
    await migrate(database.ownerUrl)
    expect(await query('select principal_id, accountable_id from principals order by 1')).toEqual([
      { principal_id: 'ap_x', accountable_id: 'usr_b' },
      { principal_id: 'usr_a', accountable_id: null },
      { principal_id: 'usr_b', accountable_id: null },
    ])
    expect(await query('select key_id, made_with from api_keys order by 1')).toEqual([
      { key_id: 'key_a', made_with: null },
      { key_id: 'key_b', made_with: 'key_a' },
    ])
    const instance = await openInstance(database.ownerUrl, 'http://cairn.test')
    try {
      const findings = (await examine(instance)).filter(({ rule }) => rule !== 'H3')
      expect(findings.map(({ rule }) => rule)).toEqual(expect.arrayContaining(['O1', 'A1', 'E2']))
      expect(findings.flatMap(({ violations }) => violations)).toEqual([])
    } finally {
      await instance.close()
    }
  })
})

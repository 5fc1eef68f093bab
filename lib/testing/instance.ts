import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { type Instance, openInstance } from '@/db/instance'
import type { Actor } from '@/lib/domain/context'
import type { Operation } from '@/lib/operations/define'
import { type Executed, execute, type Invocation } from '@/lib/operations/execute'
import { createAgentProfile } from '@/lib/operations/members'
import { ensureOwner } from '@/lib/operations/setup'
import { freshDatabase, type TestDatabase } from './database'

// biome-ignore lint/suspicious/noExplicitAny: a test reads answers field by field; a wrong field is undefined and fails the assertion
export type Data = any

export type Answered = { data: Data; seq: number; changed: boolean | undefined; replayed: boolean | undefined }

/** An instance on a database of its own, with an owner. It connects with the same role as the app. */
export type TestInstance = {
  readonly instance: Instance
  readonly database: TestDatabase
  readonly owner: Actor
  run: (operation: Operation, input: object, actor?: Actor, more?: Partial<Invocation>) => Promise<Answered>
  /** Creates an agent profile of a group and returns it as an actor. */
  agent: (group_id: string, name: string) => Promise<Actor>
}

const read = ({ data, seq, changed, replayed }: Executed): Answered => ({ data: JSON.parse(data), seq, changed, replayed })

/** Opens one instance for all tests of a file or block or, with `each`, a new instance for every test. */
export const useInstance = ({ each = false } = {}): TestInstance => {
  let instance: Instance
  let database: TestDatabase
  let owner: Actor
  const before = each ? beforeEach : beforeAll
  const after = each ? afterEach : afterAll
  before(async () => {
    database = await freshDatabase()
    instance = await openInstance(database.url, 'http://cairn.test')
    const { principal_id } = await ensureOwner(instance)
    owner = { actor_id: principal_id, key_id: null, session_id: null, via: 'web' }
  })
  after(async () => {
    await instance.close()
    await database.drop()
  })
  const run: TestInstance['run'] = async (operation, input, actor = owner, more = {}) =>
    read(await execute(instance, operation, { input, actor, ...more }))
  return {
    get instance() {
      return instance
    },
    get database() {
      return database
    },
    get owner() {
      return owner
    },
    run,
    agent: async (group_id, name) => {
      const { data } = await run(createAgentProfile, { group_id, name })
      return { actor_id: data.id, key_id: null, session_id: `${name}-1`, via: 'mcp' }
    },
  }
}

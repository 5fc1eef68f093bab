import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { type Instance, openInstance } from '@/db/instance'
import type { Actor } from '@/lib/domain/context'
import { createAgentProfile } from '@/lib/operations/agents'
import type { Operation } from '@/lib/operations/define'
import { type Executed, execute, type Invocation } from '@/lib/operations/execute'
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

/** Opens an instance on a database, which gets an owner if it has none. */
export const openTestInstance = async (database: TestDatabase): Promise<TestInstance> => {
  const instance = await openInstance(database.url, 'http://cairn.test')
  const { principal_id } = await ensureOwner(instance)
  const owner: Actor = { actor_id: principal_id, key_id: null, session_id: null, via: 'web' }
  const run: TestInstance['run'] = async (operation, input, actor = owner, more = {}) =>
    read(await execute(instance, operation, { input, actor, ...more }))
  const agent: TestInstance['agent'] = async (group_id, name) => {
    const { data } = await run(createAgentProfile, { group_id, name })
    return { actor_id: data.agent_profile_id, key_id: null, session_id: `${name}-1`, via: 'mcp' }
  }
  return { instance, database, owner, run, agent }
}

/** Opens one instance for all tests of a file or block or, with `each`, a new instance for every test. */
export const useInstance = ({ each = false } = {}): TestInstance => {
  let test: TestInstance
  const before = each ? beforeEach : beforeAll
  const after = each ? afterEach : afterAll
  before(async () => {
    test = await openTestInstance(await freshDatabase())
  })
  after(async () => {
    await test.instance.close()
    await test.database.drop()
  })
  return {
    get instance() {
      return test.instance
    },
    get database() {
      return test.database
    },
    get owner() {
      return test.owner
    },
    run: (...call) => test.run(...call),
    agent: (...named) => test.agent(...named),
  }
}

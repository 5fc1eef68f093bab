import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { administer, withDatabase } from '@/lib/testing/administer'

export type TestDatabase = {
  /** The URL for the application's role, which owns no tables. */
  url: string
  ownerUrl: string
  drop(): Promise<void>
}

/** Creates a migrated, empty database. Before `drop`, close your connections or listen for their errors, because `drop` ends them. */
export async function freshDatabase(): Promise<TestDatabase> {
  const { ownerUrl, appUrl, template } = inject('cluster')
  const name = `cairn_test_${randomBytes(6).toString('hex')}`
  await administer(ownerUrl, `create database ${name} template ${template}`)
  return {
    url: withDatabase(appUrl, name),
    ownerUrl: withDatabase(ownerUrl, name),
    drop: async () => void (await administer(ownerUrl, `drop database if exists ${name} with (force)`)),
  }
}

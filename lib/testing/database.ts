import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { administer, withDatabase } from '@/lib/testing/administer'

export type TestDatabase = {
  /** As the application's role, which owns nothing. */
  url: string
  ownerUrl: string
  drop(): Promise<void>
}

/** A migrated, empty database of the caller's own. Close every connection of yours before `drop`, or listen for their errors. */
export async function freshDatabase(): Promise<TestDatabase> {
  const { ownerUrl, appUrl, template } = inject('cluster')
  const name = `cairn_test_${randomBytes(6).toString('hex')}`
  await administer(ownerUrl, `create database ${name} template ${template}`)
  return {
    url: withDatabase(appUrl, name),
    ownerUrl: withDatabase(ownerUrl, name),
    drop: () => administer(ownerUrl, `drop database if exists ${name} with (force)`),
  }
}

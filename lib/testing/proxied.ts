import { afterAll, beforeAll } from 'vitest'
import { type Instance, openInstance } from '@/db/instance'
import type { TestInstance } from './instance'
import { openProxy, type Wire } from './proxy'

export type Proxied = { readonly instance: Instance; readonly wire: Wire }

/** Opens another instance on the database of a test, which reaches it over a wire that can be cut. */
export const useProxied = (test: TestInstance): Proxied => {
  let wire: Wire
  let instance: Instance
  beforeAll(async () => {
    wire = await openProxy(test.database.url)
    instance = await openInstance(wire.url, test.instance.origin)
  })
  afterAll(async () => {
    wire.behave('up')
    await instance.close()
    await wire.close()
  })
  return {
    get instance() {
      return instance
    },
    get wire() {
      return wire
    },
  }
}

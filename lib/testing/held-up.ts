import type pg from 'pg'

/** A pool whose readers of the log can be held up, each after its snapshot was taken. */
export const heldUp = (pool: pg.Pool) => {
  let gate: Promise<void> = Promise.resolve()
  let release = () => {}
  let failing = ''
  const readsLog = (given: unknown) => JSON.stringify(given).includes('from \\"events\\" inner join')
  const heldClient = (client: pg.PoolClient) =>
    new Proxy(client, {
      get: (target, name) => {
        const value = Reflect.get(target, name)
        if (typeof value !== 'function') return value
        return (...given: unknown[]) => {
          const run = () => Reflect.apply(value, target, given)
          if (name !== 'query') return run()
          if (failing !== '' && JSON.stringify(given[0]).includes(failing)) return Promise.reject(new Error('as the test wants it'))
          return readsLog(given[0]) ? gate.then(run) : run()
        }
      },
    })
  return {
    pool: new Proxy(pool, {
      get: (target, name) => (name === 'connect' ? async () => heldClient(await target.connect()) : Reflect.get(target, name).bind(target)),
    }),
    hold: () => {
      gate = new Promise((resolve) => {
        release = resolve
      })
    },
    release: () => release(),
    /** Lets every statement fail that has this text; none if it is empty. */
    failAt: (text: string) => {
      failing = text
    },
  }
}

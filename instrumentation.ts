/** Runs once, inside Next's bundle, before the first request: so that pages, actions and the front share one lane. */
export const register = async (): Promise<void> => {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { boot } = await import('./lib/boot')
  const handing = boot()
  Reflect.set(globalThis, Symbol.for('cairn.handle'), handing)
  await handing
}

import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Starts a module of the benchmark in its own process, which ends with this one. */
export const forkModule = (name: string): ChildProcess => fork(fileURLToPath(new URL(name, import.meta.url)), { stdio: 'inherit' })

/** The started module calls this, so that it ends with its parent. */
export const endWithParent = (): void => {
  process.on('disconnect', () => process.exit())
}

export const ask = <T>(child: ChildProcess, message: object): Promise<T> =>
  new Promise((resolve, reject) => {
    const onExit = () => reject(new Error('A process of the benchmark ended before it answered; see the output above'))
    child.once('exit', onExit)
    child.once('message', (answer) => {
      child.off('exit', onExit)
      resolve(answer as T)
    })
    child.send(message)
  })

export const end = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve())
    child.kill()
  })

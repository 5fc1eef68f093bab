import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Starts one of our modules in a process of its own, which ends with us. */
export const forkModule = (name: string): ChildProcess => fork(fileURLToPath(new URL(name, import.meta.url)), { stdio: 'inherit' })

/** For the module itself. */
export const endWithParent = (): void => {
  process.on('disconnect', () => process.exit())
}

export const ask = <T>(child: ChildProcess, message: object): Promise<T> =>
  new Promise((resolve, reject) => {
    const onExit = () => reject(new Error('a process of the benchmark ended early'))
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

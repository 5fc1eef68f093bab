import { type Instance, openInstance } from '@/db/instance'
import { migrate } from '@/db/migrate'
import { openDatabase } from '@/db/open'
import { env as readEnv } from '@/lib/env.mjs'

/** Runs a command on this checkout's database, whether or not the app runs. An error is printed in one line, without its stack. */
export const withInstance = async (run: (instance: Instance, ownerUrl: string) => Promise<void>): Promise<void> => {
  try {
    const env = readEnv()
    const database = await openDatabase(env, 'cli')
    try {
      await migrate(database.ownerUrl)
      const instance = await openInstance(database.url, env.url)
      try {
        await run(instance, database.ownerUrl)
      } finally {
        await instance.close()
      }
    } finally {
      await database.stop()
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}

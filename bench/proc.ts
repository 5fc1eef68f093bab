import { readdirSync, readFileSync } from 'node:fs'

const KILOBYTES_PER_MEGABYTE = 1_024

/** What one process holds. `resident` and `anonymous`, which is the part for heap, buffers and stacks, are in MB. */
export type Held = { descriptors: number; resident: number; anonymous: number }

/** @throws if there is no /proc, because no other system tells the same without a further tool */
export const heldBy = (pid: number): Held => {
  if (process.platform !== 'linux') throw new Error('This is read from /proc, which only Linux has')
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const megabytes = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / KILOBYTES_PER_MEGABYTE
  return { descriptors: readdirSync(`/proc/${pid}/fd`).length, resident: megabytes('VmRSS'), anonymous: megabytes('RssAnon') }
}

/** Linux counts processor time in hundredths of a second. */
const TICK_MS = 10

/** How much processor time all threads of a process have used, in ms. */
export const cpuOf = (pid: number): number => {
  // The name of the process, in brackets, may have spaces in it.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

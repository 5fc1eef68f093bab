// @ts-check
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { createServer } from 'node:net'

/** Listens for a moment, so that a start reports a taken port before it installs for minutes. @param {number} port @param {string} host */
export async function assertFree(port, host) {
  const server = createServer()
  await listen(server, port, host)
  await new Promise((resolve) => server.close(resolve))
}

/** Returns a port of 127.0.0.1 on which no program listens at the moment. */
export async function freePort() {
  const server = createServer()
  const port = await listen(server, 0, '127.0.0.1')
  await new Promise((resolve) => server.close(resolve))
  return port
}

/**
 * Returns the port, which the system chooses if `port` is 0.
 * @param {import('node:net').Server} server @param {number} port @param {string} host @returns {Promise<number>}
 */
export function listen(server, port, host) {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(explain(error, port, host)))
    server.listen(port, host, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : port)
    })
  })
}

/** @param {NodeJS.ErrnoException} error @param {number} port @param {string} host */
function explain(error, port, host) {
  if (error.code === 'EADDRINUSE') {
    const holder = findHolder(port)
    return new Error(
      `Port ${port} on ${host} is already in use${holder ? ` by ${holder}` : ''}. Stop the program that uses it, or choose another port: PORT=${port + 1} npm start`,
    )
  }
  if (error.code === 'EACCES') return new Error(`This user may not listen on port ${port}. Choose a port above 1023: PORT=3000 npm start`)
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return new Error(`HOST is wrong: this machine has no address "${host}". Example: HOST=127.0.0.1`)
  }
  return error
}

/** Returns the program that listens on a port, or null where it cannot be found. @param {number} port */
function findHolder(port) {
  try {
    const inodes = new Set(['tcp', 'tcp6'].flatMap((family) => listeners(family, port)))
    for (const pid of readdirSync('/proc')) {
      if (/^\d+$/.test(pid) && holds(pid, inodes)) return `${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()} (pid ${pid})`
    }
  } catch {
    // The system is not Linux, or does not let this user see it.
  }
  return null
}

/** @param {string} family @param {number} port */
function listeners(family, port) {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  return readFileSync(`/proc/net/${family}`, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(`:${hex}`) && state === '0A')
    .map((fields) => `socket:[${fields[9]}]`)
}

/** @param {string} pid @param {Set<string>} inodes */
function holds(pid, inodes) {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => inodes.has(readlinkSync(`/proc/${pid}/fd/${fd}`)))
  } catch {
    return false
  }
}

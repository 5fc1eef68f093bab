// @ts-check
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { createServer } from 'node:net'

/** Listens for a moment, so that a taken port is told before minutes of installing. @param {number} port @param {string} host */
export async function assertFree(port, host) {
  const server = createServer()
  await listen(server, port, host)
  await new Promise((resolve) => server.close(resolve))
}

/** One that nobody listens on at the moment. */
export async function freePort() {
  const server = createServer()
  const port = await listen(server, 0, '127.0.0.1')
  await new Promise((resolve) => server.close(resolve))
  return port
}

/**
 * Answers the port, which the system has chosen if 0 was asked for.
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
      `Port ${port} on ${host} is taken${holder ? ` by ${holder}` : ''}. Stop what runs there, or take another port: PORT=${port + 1} npm start`,
    )
  }
  if (error.code === 'EACCES') return new Error(`Port ${port} is not allowed to this user. Take one above 1023: PORT=3000 npm start`)
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return new Error(`HOST is wrong: this machine has no address "${host}". Example: HOST=127.0.0.1`)
  }
  return error
}

/** Which program listens on a port, where the system tells. @param {number} port */
function findHolder(port) {
  try {
    const inodes = new Set(['tcp', 'tcp6'].flatMap((family) => listeners(family, port)))
    for (const pid of readdirSync('/proc')) {
      if (/^\d+$/.test(pid) && holds(pid, inodes)) return `${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()} (pid ${pid})`
    }
  } catch {
    // Not Linux, or not ours to see.
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

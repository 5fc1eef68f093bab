import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { VERSION } from './version'

// Relative to the working directory, because a module in Next's bundle does not know its own folder.
const ownFolder = () => path.join(/* turbopackIgnore: true */ process.cwd(), 'cli', 'cairn')

const IMPORT = /^import (?:\{[^}]*\} from )?'\.\/([\w-]+\.mjs)'\n/gm

/** The modules from this one on, each after those that it imports. */
const inOrder = (folder: string, name: string, found = new Map<string, string>()): Map<string, string> => {
  const text = readFileSync(path.join(folder, name), 'utf8')
  for (const [, imported = ''] of text.matchAll(IMPORT)) if (!found.has(imported)) inOrder(folder, imported, found)
  return found.set(name, text)
}

/** A module as a part of one script. */
const partOf = (text: string): string =>
  text
    .replace(/^\/\/ @ts-check\n/, '')
    .replace(IMPORT, '')
    .replace(/^export /gm, '')
    .trim()

/**
 * Joins the modules of the command line into one script, which people can read before they run it. It has no import and no export, so that it runs in
 * any folder, whether Node takes it for CommonJS or for a module.
 */
const join = (folder: string): string => [...inOrder(folder, 'main.mjs').values()].map(partOf).join('\n\n')

/** This comes first and in old syntax, so that an old Node can say it. */
const HEAD = `#!/usr/bin/env node
'use strict'
// The command line of Cairn. It needs Node 20 or newer and nothing else; its calls are those of the server: cairn --help

if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error('cairn needs Node 20 or newer, and this is ' + process.versions.node + '. Install a newer one from https://nodejs.org')
  process.exit(2)
}
`

let joined: string | null = null

/** The script that a server hands out, with the address under which it was asked for it. It holds no secret. */
export const commandLine = (address: string, folder = ownFolder()): string => {
  joined ??= join(folder)
  const version = `${VERSION}+${digestOf(joined).slice(0, 8)}`
  return `${HEAD}\n${joined}\n\nrun(process.argv.slice(2), ${JSON.stringify({ address, version })})\n`
}

const digestOf = (text: string): string => createHash('sha1').update(text).digest('hex')

/** Answers GET /cli, without credentials. */
export const answerCommandLine = (request: Request, origin: string): Response => {
  const text = commandLine(request.headers.get('x-cairn-origin') ?? origin)
  const etag = `"${digestOf(text)}"`
  const headers = { etag, 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'no-cache', vary: 'Host' }
  const isKnown = request.headers.get('if-none-match')?.includes(etag) ?? false
  return isKnown ? new Response(null, { status: 304, headers }) : new Response(text, { headers })
}

import { gzipSync } from 'node:zlib'
import { cookiesOf } from '@/lib/testing/cookies'
import { type Api, chainPlan, makeMilestones } from './api'
import type { App } from './server'
import { atMost, type Row } from './table'

/** Follows the sign-in link as a browser would, and returns the cookies. */
export const signIn = async ({ signInLink }: App): Promise<string> => {
  const response = await fetch(signInLink, { redirect: 'manual' })
  const cookies = cookiesOf(response)
  if (cookies === '') throw new Error(`The sign-in link answered ${response.status} without a cookie`)
  return cookies
}

const attribute = (tag: string, name: string) => new RegExp(`\\s${name}="([^"]*)"`, 'i').exec(tag)?.[1]?.replaceAll('&amp;', '&')

/** Finds the scripts that a modern browser loads for a page: those that it runs and those that it preloads. */
export const scriptsOf = (html: string): string[] => {
  const tags = html.match(/<(script|link)\b[^>]*>/gi) ?? []
  const found = tags.flatMap((tag) => {
    if (/^<script/i.test(tag)) return /\snomodule\b/i.test(tag) ? [] : (attribute(tag, 'src') ?? [])
    const rel = attribute(tag, 'rel')
    const isScript = rel === 'modulepreload' || (rel === 'preload' && attribute(tag, 'as') === 'script')
    return isScript ? (attribute(tag, 'href') ?? []) : []
  })
  return [...new Set(found)]
}

const kilobytes = (data: string | Buffer) => gzipSync(data).length / 1_000

type Page = { html: number; scripts: number; files: number }

const weigh = async (origin: string, path: string, cookie: string): Promise<Page> => {
  const response = await fetch(origin + path, { headers: { cookie }, redirect: 'manual' })
  if (response.status !== 200) throw new Error(`${path} answered ${response.status}`)
  const html = await response.text()
  const files = scriptsOf(html)
  let scripts = 0
  for (const file of files) {
    const script = await fetch(new URL(file, origin))
    if (!script.ok) throw new Error(`${file} answered ${script.status}`)
    scripts += kilobytes(Buffer.from(await script.arrayBuffer()))
  }
  return { html: kilobytes(html), scripts, files: files.length }
}

const CARDS = 300
const CARDS_EACH = 20

/** All sizes are gzipped, in thousands of bytes. */
export const measurePages = async ({ origin }: App, api: Api, cookie: string): Promise<Row[]> => {
  const { group_id = '' } = await api.post('/groups', { name: 'Pages' })
  const { project_id = '' } = await api.post(`/groups/${group_id}/projects`, { title: 'Pages' })
  await makeMilestones(api, group_id, CARDS / CARDS_EACH, chainPlan(CARDS_EACH, project_id))
  const project = await weigh(origin, `/p/${project_id}`, cookie)
  const home = await weigh(origin, '/', cookie)
  return [
    { what: 'JavaScript of a project', unit: 'kB', figure: project.scripts, target: atMost(290), note: `gzipped, ${project.files} files` },
    { what: `HTML of a project of ${CARDS} checkpoints`, unit: 'kB', figure: project.html, target: atMost(35), note: 'gzipped' },
    { what: 'JavaScript of /', unit: 'kB', figure: home.scripts, target: atMost(200), note: `gzipped, ${home.files} files` },
    { what: 'HTML of /', unit: 'kB', figure: home.html, note: 'gzipped' },
  ]
}

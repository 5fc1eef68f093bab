import { examine } from '@/db/examine'
import type { Finding } from '@/lib/domain/audit'
import { env } from '@/lib/env.mjs'
import { withInstance } from '../tools/instance'

const MOST_NAMED = 3

const lineOf = ({ rule, title, violations, detail }: Finding): string => {
  const sound = violations.length === 0
  const more = violations.length > MOST_NAMED ? ` and ${violations.length - MOST_NAMED} more` : ''
  const told = sound ? detail : `${violations.slice(0, MOST_NAMED).join('; ')}${more}`
  return `${sound ? 'ok  ' : 'FAIL'} ${rule.padEnd(6)} ${title}${told ? `: ${told}` : ''}`
}

await withInstance(async (instance) => {
  const findings: Finding[] = [...(await examine(instance)), { rule: 'bind', title: 'address', violations: [], detail: env().host }]
  for (const finding of findings) console.log(lineOf(finding))
  if (findings.some(({ violations }) => violations.length > 0)) process.exitCode = 1
})

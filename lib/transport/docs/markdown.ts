import type { Field } from './fields'
import { type Block, guideFor } from './guide'
import type { Call, Code, Reference } from './reference'

/** The documentation as one text in Markdown, for agents. */
export const markdownOf = (reference: Reference): string => {
  const { origin, nouns, objects, codes, common } = reference
  return [
    '# Cairn API',
    '> A coordinator for AI agents and the people who work with them. Work is never completed out of order.',
    ...guideFor(origin).map(({ title, blocks }) => [`## ${title}`, ...blocks.map(blockText)].join('\n\n')),
    '## Calls',
    `Any call may be refused with ${listed(common.calls)}; any change also with ${listed(common.changes)}.`,
    ...nouns.flatMap(({ noun, description, calls }) => [`## ${capital(noun)}`, description, ...calls.map(callText)]),
    '## Objects',
    ...objects.map(({ name, fields }) => [`### ${name}`, ...fields.map(fieldLine)].join('\n')),
    '## Codes',
    ...codes.map(codeText),
  ]
    .join('\n\n')
    .concat('\n')
}

export const capital = (noun: string): string => noun.charAt(0).toUpperCase() + noun.slice(1)

const listed = (codes: readonly string[]): string => codes.map((code) => `\`${code}\``).join(', ')

const fenced = (text: string, language = ''): string => `\`\`\`${language}\n${text}\n\`\`\``

const blockText = (block: Block): string => {
  if (typeof block === 'string') return block
  return 'code' in block ? fenced(block.code) : block.list.map((entry) => `- ${entry}`).join('\n')
}

const fieldLine = ({ path, depth, type, required, fallback, bounds, description }: Field): string => {
  const facts = [type.join(''), required && 'required', fallback !== null && `default ${fallback}`, bounds]
  return `${'  '.repeat(depth)}- \`${path}\` (${facts.filter(Boolean).join(', ')})${description === '' ? '' : `: ${description}`}`
}

const callText = (call: Call): string => {
  const { name, method, path, summary, needs, parameters, body, answer, refusals, snippets } = call
  return [
    `### ${name}`,
    `\`${method} /api${path}\``,
    `${summary}. ${needs}`,
    section('In the path and the query:', parameters.map(fieldLine)),
    section('Body:', body.map(fieldLine)),
    answerText(answer),
    refusals.length > 0 && `Also refused with ${listed(refusals)}.`,
    fenced(snippets.curl, 'sh'),
    snippets.mcp !== null && `Tool: \`${snippets.mcp}\``,
  ]
    .filter((part) => part !== false && part !== '')
    .join('\n\n')
}

const section = (title: string, rows: readonly string[]): string => (rows.length > 0 ? [title, '', ...rows].join('\n') : '')

const answerText = ({ objects, fields, isStream }: Call['answer']): string => {
  if (isStream) return `Answers with a stream of ${objects.join(' or ')}.`
  return objects.length > 0 ? `Answers with ${objects.join(' or ')}.` : section('Answers with:', fields.map(fieldLine))
}

const codeText = ({ code, status, cause, remedy, example }: Code): string =>
  [`### ${code} (${status})`, cause, remedy, fenced(example, 'json')].join('\n\n')

import { isRecord, type Json } from '../leniency'
import { sayCommand } from '../say'
import { argumentOf } from '../tool-names'
import { pretty, WIDTH } from './pretty'

/** A call with values for its fields, which are in its path, its query and its body. */
export type Example = {
  operation: string
  method: string
  path: string
  params: Json
  query: Json
  body: Json | null
  isTool: boolean
  isStream: boolean
}

/** The same call in each language. A call that is no tool has none over MCP. */
export type Snippets = { curl: string; typescript: string; mcp: string | null; shell: string }

export const snippetsOf = (example: Example, origin: string): Snippets => ({
  curl: curlOf(example, origin),
  typescript: typescriptOf(example, origin),
  mcp: example.isTool ? toolOf(example) : null,
  shell: shellOf(example),
})

const inputOf = ({ params, query, body }: Example): Json => ({ ...params, ...query, ...body })

const toolOf = (example: Example): string =>
  `${example.operation} ${pretty(Object.fromEntries(Object.entries(inputOf(example)).map(([field, value]) => [argumentOf(field), value])))}`

const urlOf = ({ path, params, query }: Example, origin: string): string => {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])))
  const asked = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]))
  return `${origin}/api${filled}${asked.size > 0 ? `?${asked}` : ''}`
}

const hasFields = (body: Json | null): body is Json => body !== null && Object.keys(body).length > 0

const curlOf = (example: Example, origin: string): string => {
  const { method, body, isStream } = example
  const url = urlOf(example, origin)
  // curl sends a POST by itself if it has something to send.
  const verb = method === 'GET' || (method === 'POST' && hasFields(body)) ? '' : `-X ${method} `
  const parts = [`curl ${isStream ? '-N' : '-s'} ${verb}${url.includes('?') ? `'${url}'` : url}`, '-H "Authorization: Bearer $CAIRN_KEY"']
  if (hasFields(body)) parts.push("-H 'Content-Type: application/json'", `-d '${pretty(body).replaceAll("'", "'\\''")}'`)
  return parts.join(' \\\n  ')
}

const AUTHORIZATION = `Authorization: \`Bearer \${process.env.CAIRN_KEY}\``

const typescriptOf = (example: Example, origin: string): string => {
  const { method, body, isStream } = example
  const url = `'${urlOf(example, origin)}'`
  const lines = [
    ...(method === 'GET' ? [] : [`method: '${method}',`]),
    ...(hasFields(body)
      ? ['headers: {', `  ${AUTHORIZATION},`, "  'Content-Type': 'application/json',", '},']
      : [`headers: { ${AUTHORIZATION} },`]),
    ...(hasFields(body) ? [`body: JSON.stringify(${literal(body)}),`] : []),
  ]
  const sent = `const response = await fetch(${url}, {\n${indented(lines.join('\n'))}\n})`
  const read = isStream
    ? 'for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) console.log(chunk)'
    : 'const { success, data, error, message } = await response.json()'
  return `${sent}\n${read}`
}

const indented = (text: string): string => text.replace(/^/gm, '  ')

/** An object as one writes it in TypeScript. */
const literal = (body: Json): string => pretty(body).replace(/"(\w+)":/g, '$1:')

const shellOf = (example: Example): string => {
  const { operation, params, body } = example
  const isNested = Object.values(body ?? {}).some((value) => Array.isArray(value) && value.some(isRecord))
  if (!isNested || body === null) {
    const command = sayCommand(operation, inputOf(example))
    return command.length > WIDTH ? command.replaceAll(' --', ' \\\n  --') : command
  }
  return `${sayCommand(operation, params)} --json - <<'JSON'\n${pretty(body)}\nJSON`
}
